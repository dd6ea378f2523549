-- What each table and column is. One name has one meaning, so this is a
-- dictionary; a name with its relation before it goes before the bare one,
-- and a comment that is there already stays.

DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        WITH dictionary (name, comment) AS (VALUES
            -- Keys and dates
            ('customer_id', 'Key of the customer, of the type that the sources have.'),
            ('as_of', 'The day that the row speaks of, crm_as_of(): nothing after it counts.'),
            ('segment', 'Segment by R, F and M scores and setting.segment_map; NULL without scores.'),
            ('customer_count', 'How many customers.'),

            -- customer
            ('customer.customer_id', 'Key of the customer; one row each.'),
            ('customer_name', 'Name of the customer.'),
            ('email', 'E-mail address, as entered.'),
            ('phone', 'Telephone number, as entered.'),
            ('region', 'Where the customer is: any text to group by.'),
            ('industry', 'Line of business: any text to group by.'),
            ('registered_at', 'When the customer was entered.'),
            ('potential', 'What could become of the customer, 0..1, by a judgement or model of one''s own.'),

            -- purchase
            ('purchase_id', 'Key of the purchase.'),
            ('purchase.customer_id', 'Who bought; NULL is in no ledger.'),
            ('purchased_at', 'When it was bought.'),
            ('purchased_on', 'Day of purchased_at in setting.time_zone.'),
            ('purchase.amount',
             'Net amount in the one currency of the workspace; negative is a refund, NULL counts as 0.'),
            ('events',
             'How many purchases the row counts as: 1, or 0 for further items of one. Refunds count as none.'),
            ('currency', 'Currency of the amount, a code; amounts are not converted, see data_quality.'),

            -- interaction
            ('interaction_id', 'Key of the interaction.'),
            ('interaction.customer_id', 'With whom; NULL is in no ledger.'),
            ('interacted_at', 'When it took place.'),
            ('interacted_on', 'Day of interacted_at in setting.time_zone.'),
            ('channel', 'By which way: any text, such as e-mail or shop; unknown where it was NULL.'),
            ('interaction.channel', 'By which way: any text, such as e-mail or shop; NULL counts as unknown.'),
            ('purpose', 'What for: any text.'),
            ('is_responded', 'Whether the customer responded; NULL counts as no.'),

            -- rating, module, touchpoint
            ('rating.customer_id', 'Who rated; NULL for benchmarks and anonymous answers.'),
            ('touchpoint_id', 'Key of the touchpoint, where customer and company meet.'),
            ('touchpoint_name', 'Name of the touchpoint; in views its key where it has none.'),
            ('touchpoint.weight', 'Weight within its module, not negative; only the ratios matter.'),
            ('angle', 'From which side the touchpoint is seen: any text; NULL where there is one only.'),
            ('level', 'What the score is of: expected, actual, industry, enterprise, satisfied, ideal or recommend.'),
            ('score', 'On setting.scale_low..scale_high, for recommend a whole number 0..10; NULL is unanswered.'),
            ('rating.weight', 'Weight of the rating, not negative; only the ratios matter. NULL counts as 1.'),
            ('rated_at', 'When it was rated.'),
            ('rated_on', 'Day of rated_at in setting.time_zone; NULL counts whatever as_of is.'),
            ('module_id', 'Key of the module, a group of touchpoints; NULL for a touchpoint in none.'),
            ('module_name', 'Name of the module; in views its key where it has none.'),
            ('module.weight', 'Weight within the company, not negative; only the ratios matter.'),

            -- setting
            ('is_only', 'Always true: there is one row.'),
            ('sources', 'Where the sources come from, as given to crm_create_workspace.'),
            ('time_zone', 'Time zone in which an instant is given its day.'),
            ('maintain', 'How ledgers are kept: by triggers, by a queue and crm_refresh, or by crm_refresh alone.'),
            ('min_cell', 'Groups of fewer customers are hidden in summary views; 1 hides none.'),
            ('segment_map', 'Rules that name a segment for R, F and M scores, as for crm_rfm_segment.'),
            ('abc_cuts', 'Cumulative shares, 0..1, at which classes A, B end; NULL computes them from the curve.'),
            ('potential_cut', 'Potential, 0..1, from which on a customer has it.'),
            ('new_days', 'Days for which a customer is new after the first purchase.'),
            ('window_days', 'Days over which purchases are compared with those of as many days before.'),
            ('declining_at', 'Expected gaps of silence after which a customer is declining.'),
            ('departed_at', 'Expected gaps of silence after which a customer has departed.'),
            ('shrinking_below',
             'Purchases of a window over those of the one before, below which a customer is declining.'),
            ('growing_above',
             'Purchases of a window over those of the one before, above which a customer is growing.'),
            ('prior_weight', 'How many gaps the population''s typical gap counts for in a customer''s expected gap.'),
            ('setting.clv_model', 'Which model crm_refit fits: bg/nbd, mbg/nbd or pareto/nbd.'),
            ('horizon_days', 'Days ahead for which purchases and lifetime value are forecast.'),
            ('annual_discount', 'Discount rate a year of lifetime value: 0.1 is 10 %.'),
            ('scale_low', 'Lowest score of the scale on which experience is rated.'),
            ('scale_high', 'Highest score of the scale on which experience is rated.'),
            ('tolerance', 'Gap, in scale points, up to which a rating counts as satisfied.'),
            ('half_life_days', 'Days after which an interaction counts half for the preferred channel.'),
            ('gold_snapshots', 'In how many of the last gold_window snapshots a gold customer must have been one.'),
            ('gold_window', 'How many of the last snapshots are looked at for gold customers.'),

            -- Ledgers, fits, snapshots, moves, log
            ('change_queue.source', 'Source whose row changed: purchase or interaction.'),
            ('fit.as_of', 'Day for which it was fitted; views use it from then on, until the next.'),
            ('recency_breaks', 'Days since the last purchase that divide the R scores, rising.'),
            ('frequency_breaks', 'Numbers of purchases that divide the F scores, rising.'),
            ('monetary_breaks', 'Amounts that divide the M scores, rising.'),
            ('abc_limits', 'Amounts from which on a customer is in class A, B and so on, falling.'),
            ('population_gap_days',
             'Typical days between two purchases of a customer; NULL where nobody bought twice.'),
            ('fit.clv_model',
             'The lifetime value model with its parameters, as of crm_clv_fit; NULL where it could not be fitted.'),
            ('fit.customer_count', 'How many customers it was fitted to.'),
            ('fitted_at', 'When it was fitted.'),
            ('customer_snapshot.as_of', 'Day of the snapshot.'),
            ('r_score', 'Recency score, 5 is the most recent fifth; NULL without a fit or purchase.'),
            ('f_score', 'Frequency score, 5 is the most frequent fifth; NULL without a fit or purchase.'),
            ('m_score', 'Monetary score, 5 is the fifth that spent most; NULL without a fit or purchase.'),
            ('class', 'ABC class by amount: A the most valuable, Z for 0, N for negative; NULL without a fit.'),
            ('stage', 'Stage of life: new, growing, mature, declining, departed; NULL without a fit or purchase.'),
            ('p_alive', 'Probability, 0..1, of being a customer still; NULL without a model.'),
            ('clv',
             'Lifetime value to come: discounted amount over the horizon of the settings; NULL without a model.'),
            ('customer_snapshot.outcome',
             'Outcome of the customer''s experience: negative, satisfied or positive; NULL if not rated.'),
            ('moved_on', 'Day of the snapshot that found it.'),
            ('kind', 'What changed: segment, class, stage or outcome.'),
            ('old_value', 'What it was in the snapshot before; NULL for nothing.'),
            ('new_value', 'What it is now; NULL for nothing.'),
            ('refresh_id', 'Number of the run.'),
            ('refreshed_at', 'When it ran.'),
            ('action', 'What ran: refresh, refit or snapshot.'),
            ('refresh_log.as_of', 'Day for which it ran; NULL where that does not matter.'),
            ('row_count', 'How many rows it wrote.'),
            ('duration_ms', 'How long it took, in milliseconds.'),

            -- Experience
            ('expected', 'Score of what was expected, on the scale of the settings; NULL where not rated.'),
            ('actual', 'Score of what was had, on the scale of the settings; NULL where not rated.'),
            ('rating_pair.industry', 'Score of the industry, on the scale of the settings; NULL where not rated.'),
            ('enterprise',
             'Score of the company by its own account, on the scale of the settings; NULL where not rated.'),
            ('satisfied', 'Score that would satisfy, on the scale of the settings; NULL where not rated.'),
            ('ideal', 'Score of the ideal, on the scale of the settings; NULL where not rated.'),
            ('rating_pair.weight', 'Mean weight of its ratings.'),
            ('gap',
             'Actual - expected, in scale points; a mean where there are several. NULL without a pair of both.'),
            ('rating_pair.outcome',
             'negative, satisfied or positive: the gap beyond setting.tolerance, or not. NULL without a gap.'),
            ('pair_count', 'How many pairs of expected and actual.'),
            ('last_rated_on', 'Day of the latest pair; NULL where none has a date.'),
            ('experience_gap',
             'Weighted mean of actual - expected over the customer''s pairs, in scale points; NULL without one.'),
            ('outcome',
             'negative, satisfied or positive: experience_gap beyond setting.tolerance, or not; NULL without one.'),
            ('recommend_score', 'Latest answer to "would you recommend us?", 0..10; NULL without one.'),
            ('nps_group',
             'promoter (9, 10), passive (7, 8) or detractor (0..6) by the latest answer; NULL without one.'),
            ('weight_share', 'Share, 0..1, of the company''s index that it decides; all touchpoints make 1.'),
            ('touchpoint_gap.customer_count',
             'How many customers rated expected or actual; NULL for nobody, and where hidden.'),
            ('expected_mean', 'Weighted mean of the expected scores.'),
            ('actual_mean', 'Weighted mean of the actual scores.'),
            ('actual_low', 'Lower end of the 95 % interval of actual_mean; NULL below two ratings.'),
            ('actual_high', 'Upper end of the 95 % interval of actual_mean; NULL below two ratings.'),
            ('gap_low', 'Lower end of the 95 % interval of the gap; NULL below two pairs.'),
            ('gap_high', 'Upper end of the 95 % interval of the gap; NULL below two pairs.'),
            ('touchpoint_gap.outcome',
             'positive or negative where the whole interval is beyond setting.tolerance, else satisfied.'),
            ('negative_share', 'Share, 0..1, of pairs below -setting.tolerance, by weight.'),
            ('satisfied_share', 'Share, 0..1, of pairs within setting.tolerance, by weight.'),
            ('positive_share', 'Share, 0..1, of pairs above setting.tolerance, by weight.'),
            ('industry_mean', 'Weighted mean of the industry''s scores.'),
            ('enterprise_mean', 'Weighted mean of the company''s own scores.'),
            ('satisfied_mean', 'Weighted mean of the scores that would satisfy.'),
            ('ideal_mean', 'Weighted mean of the ideal scores.'),
            ('industry_gap', 'actual_mean - industry_mean, in scale points; NULL where one is.'),
            ('enterprise_gap', 'actual_mean - enterprise_mean, in scale points; NULL where one is.'),
            ('satisfied_gap', 'actual_mean - satisfied_mean, in scale points; NULL where one is.'),
            ('ideal_gap', 'actual_mean - ideal_mean, in scale points; NULL where one is.'),
            ('level_name', 'What the node is: company, module, angle or touchpoint.'),
            ('level_order', 'Order of level_name: 1 company, 2 module, 3 angle, 4 touchpoint.'),
            ('node_id', 'Key of the node; NULL for the company.'),
            ('node_name', 'Name of the node; NULL for the company.'),
            ('index_value', 'Experience index, 0..100; NULL where nothing with a weight above 0 was rated.'),
            ('coverage_share', 'Share, 0..1, of the node''s weight that has a score.'),
            ('rated_cell_count', 'How many of its cells, a touchpoint from an angle, have a score.'),
            ('cell_count', 'How many cells, a touchpoint from an angle, it has.'),
            ('satisfied_shortfall',
             'Scale points that actual_mean lacks of satisfied_mean; 0 for none, NULL where one is.'),
            ('ideal_shortfall', 'Scale points that actual_mean lacks of ideal_mean; 0 for none, NULL where one is.'),
            ('satisfied_priority', 'weight_share times satisfied_shortfall.'),
            ('ideal_priority', 'weight_share times ideal_shortfall.'),
            ('priority_rank', 'Rank by satisfied_priority, then ideal_priority; 1 is the first to work on.'),
            ('stated_quadrant',
             'concentrate here, keep up, low priority or possible overkill, importance being weight_share.'),
            ('recommend_correlation',
             'Correlation, -1..1, of actual score and recommendation; NULL without two customers who differ.'),
            ('derived_quadrant',
             'concentrate here, keep up, low priority or possible overkill, importance being recommend_correlation.'),
            ('outcome_order', 'Order of outcome: 1 negative, 2 satisfied, 3 positive.'),
            ('answer_count', 'How many of them would or would not recommend; NULL for none, and where hidden.'),
            ('promoter_count', 'How many answered 9 or 10.'),
            ('passive_count', 'How many answered 7 or 8.'),
            ('detractor_count', 'How many answered 0 to 6.'),
            ('nps', 'Net Promoter Score, -100..100: percentage of promoters less that of detractors.'),
            ('nps_low', 'Lower end of the 95 % interval of nps (adjusted Wald).'),
            ('nps_high', 'Upper end of the 95 % interval of nps (adjusted Wald).'),
            ('bought_after_share',
             'Share, 0..1, who bought after the day of their latest pair; NULL where none has a date.'),

            -- Goals
            ('goal_id', 'Number of the goal.'),
            ('family', 'What the goal is about: value, behaviour, experience or satisfaction.'),
            ('metric', 'What is measured: see goal_attainment.'),
            ('goal.segment', 'Segment whose customers count; NULL for all.'),
            ('goal_attainment.segment', 'Segment whose customers count; NULL for all.'),
            ('period_start', 'First day of the period.'),
            ('period_end', 'Last day of the period.'),
            ('target', 'Value to be reached, in the units of the metric: amount, count, share 0..1, points.'),
            ('actual_value',
             'Value of the metric in the period up to as_of; NULL where there is nothing to take a mean of.'),
            ('attainment_pct', '100 times actual_value over target; NULL unless target is positive.'),
            ('is_met', 'Whether actual_value has reached target; NULL where actual_value is.'),
            ('is_complete', 'Whether the period is over by as_of; until then values may still grow.'),

            -- Data quality and catalog
            ('data_quality.source', 'The source checked.'),
            ('check_name', 'What it was checked for.'),
            ('severity', 'error, warning or info: of the kind of problem, also where there is none.'),
            ('meaning', 'What it says and leads to.'),
            ('problem_count', 'How many problems; 0 is well.'),
            ('example_key', 'Key of one of them; NULL for none, and where that has no key.'),
            ('column_name', 'Name of the column.'),
            ('catalog.column_name', 'Name of the column; NULL in the row of the relation itself.'),
            ('column_order', 'Order of the columns.'),
            ('data_completeness.customer_count', 'How many rows customer has.'),
            ('filled_count', 'How many have the column filled.'),
            ('filled_share', 'Share, 0..1, that have the column filled; NULL without customers.'),
            ('relation_name', 'Name of the table or view.'),
            ('relation_kind', 'table, view, materialized view or foreign table.'),
            ('position', 'Number of the column, from 1; 0 for the relation itself.'),
            ('data_type', 'Type of the column.'),
            ('comment', 'What it is; NULL where nobody wrote it down.')
        )
        SELECT DISTINCT ON (c.oid, a.attnum) c.oid::regclass AS relation, a.attname, d.comment
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN dictionary AS d ON d.name IN (a.attname, c.relname || '.' || a.attname)
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND pg_has_role(c.relowner, 'USAGE')
          AND col_description(c.oid, a.attnum) IS NULL
        ORDER BY c.oid, a.attnum, d.name = a.attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', item.relation, item.attname, item.comment);
    END LOOP;

    -- A source may be a table or a view.
    FOR item IN
        SELECT c.oid::regclass AS relation, d.comment,
               CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                    ELSE 'TABLE' END AS kind
        FROM (VALUES
            ('customer', 'One row a customer: who it is. Who is not here, but bought, is a customer all the same.'),
            ('purchase', 'One row a purchase, refund or, with events, an item of one.'),
            ('interaction', 'One row an interaction with a customer: a message, call or visit.'),
            ('rating', 'One row a score: of a touchpoint, from an angle, at a level, by a customer.'),
            ('module', 'One row a module: a group of touchpoints.'),
            ('touchpoint', 'One row a touchpoint: where customer and company meet.'),
            ('goal', 'One row a goal: a metric, a period and a target. Filled by its owner; see goal_attainment.')
        ) AS d (name, comment)
        JOIN pg_catalog.pg_class AS c ON c.relname = d.name
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND pg_has_role(c.relowner, 'USAGE')
          AND obj_description(c.oid, 'pg_class') IS NULL
    LOOP
        EXECUTE format('COMMENT ON %s %s IS %L', item.kind, item.relation, item.comment);
    END LOOP;
END
$$;
