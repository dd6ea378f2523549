-- What conversions are owed to: by rule, all rules side by side, and by the
-- chain of channels.

-- Nearly all rows pass these conditions. Of each comparison the planner would
-- think that it lets a third through; of a CASE it thinks half.
CREATE OR REPLACE VIEW conversion_known AS
SELECT 'purchase'::text AS conversion_kind,
       purchase.customer_id,
       purchase.purchased_at AS converted_at,
       purchase.purchased_on AS converted_on,
       greatest(purchase.events, 0)::double precision AS conversion_count,
       coalesce(purchase.amount, 0) AS amount,
       0::double precision AS null_count,
       crm_as_of() AS as_of,
       'purchase'::text AS source
FROM purchase
WHERE purchase.customer_id IS NOT NULL AND purchase.purchased_on <= (SELECT crm_as_of())
  AND CASE WHEN purchase.amount IS NULL THEN true
           ELSE purchase.amount >= 0 AND purchase.amount < 'Infinity' END
UNION ALL
SELECT coalesce(conversion.kind, 'conversion'),
       conversion.customer_id,
       conversion.converted_at,
       conversion.converted_on,
       coalesce(conversion.conversion_count, 1),
       coalesce(conversion.amount, 0),
       coalesce(conversion.null_count, 0),
       crm_as_of(),
       'conversion'
FROM conversion
WHERE conversion.customer_id IS NOT NULL AND conversion.converted_on <= (SELECT crm_as_of())
  AND CASE WHEN conversion.amount IN ('NaN', 'Infinity', '-Infinity') THEN false
           ELSE coalesce(conversion.conversion_count, 1) BETWEEN 0 AND 1e300
                AND coalesce(conversion.null_count, 0) BETWEEN 0 AND 1e300 END;
COMMENT ON VIEW conversion_known IS
'One row per conversion up to as_of: a purchase, or a row of the source conversion.
Further items of a purchase, whose events are 0, are no conversion and have a value; nor are those of fewer events than
0. Refunds are left out, and what has no customer.';

-- With how far back its touches count. The edge of a window belongs to it, the
-- instant of the conversion before does not: a microsecond tells them apart.
CREATE OR REPLACE VIEW conversion_window AS
SELECT converted.conversion_kind,
       converted.customer_id,
       converted.converted_at,
       converted.conversion_count,
       converted.amount::double precision AS amount,
       converted.null_count,
       setting.attribution_window_days AS window_days,
       setting.attribution_half_life_days AS half_life_days,
       crm_as_of() AS as_of
FROM conversion_known AS converted
CROSS JOIN (SELECT * FROM setting LIMIT 1) AS setting
WHERE NOT setting.is_path_ended_by_conversion
UNION ALL
SELECT converted.conversion_kind,
       converted.customer_id,
       converted.converted_at,
       converted.conversion_count,
       converted.amount::double precision,
       converted.null_count,
       least(setting.attribution_window_days,
             (extract(epoch FROM converted.converted_at - converted.previous_at)::double precision - 0.000001) / 86400),
       setting.attribution_half_life_days,
       crm_as_of()
FROM (
    SELECT known.*,
           max(converted_at) FILTER (WHERE conversion_count > 0 AND isfinite(converted_at)) OVER (
               PARTITION BY conversion_kind, customer_id ORDER BY converted_at
               RANGE BETWEEN UNBOUNDED PRECEDING AND interval '1 microsecond' PRECEDING) AS previous_at
    FROM conversion_known AS known
    WHERE (SELECT is_path_ended_by_conversion FROM setting)
) AS converted
CROSS JOIN (SELECT * FROM setting LIMIT 1) AS setting
WHERE setting.is_path_ended_by_conversion;
COMMENT ON VIEW conversion_window IS
'One row per conversion up to as_of, with the days before it in which touches count.
window_days is NULL where all touches before it do.';

-- Touches that conversions can be credited to, with what they are grouped by
-- as one text: campaign, arm, channel. There are many: words are looked up in
-- small sets, and not at all where every word counts; the day is an instant.
CREATE OR REPLACE VIEW attributed_touch AS
SELECT touch.customer_id,
       touch.touched_at,
       coalesce(touch.channel, 'unknown') AS channel,
       coalesce(touch.campaign_id, E'\x1e') || coalesce(E'\x1f' || touch.arm || E'\x1f', E'\x1f\x1e\x1f')
           || coalesce(touch.channel, 'unknown') AS origin
FROM touch
WHERE touch.customer_id IS NOT NULL
  AND touch.touched_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))
  AND (touch.kind IS NULL OR (SELECT bool_and(known.is_attributed) FROM touch_kind AS known)
       OR lower(touch.kind COLLATE "C") NOT IN (SELECT known.kind FROM touch_kind AS known
                                                WHERE NOT known.is_attributed))
  AND (touch.arm IS NULL OR lower(touch.arm COLLATE "C") NOT IN (SELECT assigned.arm FROM arm_kind AS assigned
                                                                 WHERE assigned.is_holdout))
  AND ((SELECT bool_and(rule.is_attributed) FROM channel_rule AS rule) IS NOT FALSE
       OR coalesce(touch.channel, 'unknown') NOT IN (SELECT rule.channel FROM channel_rule AS rule
                                                     WHERE NOT rule.is_attributed));
COMMENT ON VIEW attributed_touch IS
'One row per touch of a customer up to as_of that a conversion can be credited to.
Not for BI: origin is its campaign, arm and channel in one.';

-- One row per customer with all touches in the order of time, of which a
-- conversion has one stretch: else it would meet every touch of its customer.
-- The ends of the stretch, in seconds, which no window makes overflow, lie a
-- second further out, and which of its touches count crm_attribution_weights
-- says to the microsecond; those that do not weigh nothing. The touches are
-- sorted by customer first, for a hash table of arrays would be written to
-- disk: the planner takes a state of theirs for 8 kB. A conversion without one
-- that counts has one row of no origin, with the whole of it. The join keeps one
-- row per conversion in the planner's eyes; sums are held to twice the precision.
CREATE OR REPLACE VIEW attribution_origin AS
WITH path AS (
    SELECT customer_id, array_agg(touched_at) AS touched_at, array_agg(origin) AS origins,
           array_agg(date_part('epoch', touched_at AT TIME ZONE 'UTC')) AS seconds
    FROM (SELECT customer_id, touched_at, origin FROM attributed_touch ORDER BY customer_id, touched_at) AS sorted
    GROUP BY customer_id
), weighed AS (
    SELECT converted.conversion_kind,
           converted.conversion_count,
           converted.amount,
           counted.is_attributed,
           near.origins,
           near.touched_at,
           converted.converted_at,
           counted.by_linear,
           converted.half_life_days,
           converted.window_days
    FROM conversion_window AS converted
    LEFT JOIN path ON path.customer_id = converted.customer_id
    CROSS JOIN LATERAL (
        SELECT path.touched_at[stretch.first_nth:stretch.last_nth] AS touched_at,
               path.origins[stretch.first_nth:stretch.last_nth] AS origins
        FROM (
            SELECT CASE WHEN converted.window_days IS NULL THEN 1
                        ELSE 1 + width_bucket(date_part('epoch', converted.converted_at AT TIME ZONE 'UTC')
                                              - converted.window_days * 86400 - 1, path.seconds) END AS first_nth,
                   width_bucket(date_part('epoch', converted.converted_at AT TIME ZONE 'UTC') + 1, path.seconds)
                       AS last_nth
        ) AS stretch
        OFFSET 0
    ) AS near
    CROSS JOIN LATERAL (
        SELECT coalesce(0 < ANY (linear.weights), false) AS is_attributed, linear.weights AS by_linear
        FROM (SELECT crm_attribution_weights(near.touched_at, converted.converted_at, 'linear',
                                             converted.half_life_days, converted.window_days) AS weights
              OFFSET 0) AS linear
    ) AS counted
), credit AS (
    SELECT conversion_kind,
           conversion_count,
           amount,
           unnest(CASE WHEN is_attributed THEN origins ELSE '{NULL}' END) AS origin,
           unnest(CASE WHEN is_attributed
                       THEN crm_attribution_weights(touched_at, converted_at, 'first', half_life_days, window_days)
                       ELSE '{1}' END) AS by_first,
           unnest(CASE WHEN is_attributed
                       THEN crm_attribution_weights(touched_at, converted_at, 'last', half_life_days, window_days)
                       ELSE '{1}' END) AS by_last,
           unnest(CASE WHEN is_attributed THEN by_linear ELSE '{1}' END) AS by_linear,
           unnest(CASE WHEN is_attributed
                       THEN crm_attribution_weights(touched_at, converted_at, 'position', half_life_days, window_days)
                       ELSE '{1}' END) AS by_position,
           unnest(CASE WHEN is_attributed
                       THEN crm_attribution_weights(touched_at, converted_at, 'decay', half_life_days, window_days)
                       ELSE '{1}' END) AS by_decay
    FROM weighed
), summed AS (
    SELECT conversion_kind,
           origin,
           origin IS NOT NULL AS is_attributed,
           count(*) FILTER (WHERE conversion_count > 0) AS touch_count,
           crm_sum(by_first * conversion_count) AS first_count,
           crm_sum(by_last * conversion_count) AS last_count,
           crm_sum(by_linear * conversion_count) AS linear_count,
           crm_sum(by_position * conversion_count) AS position_count,
           crm_sum(by_decay * conversion_count) AS decay_count,
           crm_sum(by_first * amount) AS first_amount,
           crm_sum(by_last * amount) AS last_amount,
           crm_sum(by_linear * amount) AS linear_amount,
           crm_sum(by_position * amount) AS position_amount,
           crm_sum(by_decay * amount) AS decay_amount
    FROM credit
    WHERE by_linear > 0
    GROUP BY conversion_kind, origin
)
SELECT conversion_kind,
       is_attributed,
       nullif(split_part(origin, E'\x1f', 1), E'\x1e') AS campaign_id,
       nullif(split_part(origin, E'\x1f', 2), E'\x1e') AS arm,
       CASE WHEN is_attributed THEN split_part(origin, E'\x1f', 3) ELSE 'none' END AS channel,
       CASE WHEN is_attributed THEN touch_count ELSE 0 END AS touch_count,
       first_count, last_count, linear_count, position_count, decay_count,
       first_amount, last_amount, linear_amount, position_amount, decay_amount,
       crm_as_of() AS as_of
FROM summed;
COMMENT ON VIEW attribution_origin IS
'One row per kind of conversion, campaign, arm and channel: what each rule credits to its touches.
And one row per kind for the conversions without a touch that counts, is_attributed being false. What attribution and
attribution_campaign add up.';

-- How many customers there are is asked only where small groups are to be
-- hidden: otherwise the condition, which no row decides, is false at once.
CREATE OR REPLACE VIEW attribution_cell AS
SELECT CASE grouping(touched.channel) WHEN 0 THEN 'channel' ELSE 'campaign' END AS dimension,
       NULL::text AS conversion_kind,
       touched.channel,
       nullif(split_part(touched.reason, E'\x1f', 1), E'\x1e') AS campaign_id,
       nullif(split_part(touched.reason, E'\x1f', 2), E'\x1e') AS arm,
       crm_is_shown((SELECT min_cell FROM setting), count(DISTINCT touched.customer_id)) AS is_shown,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, channel, regexp_replace(origin, E'\x1f[^\x1f]*$', '') AS reason
    FROM attributed_touch
    WHERE (SELECT min_cell FROM setting) > 1
) AS touched
GROUP BY GROUPING SETS ((touched.channel), (touched.reason))
UNION ALL
SELECT 'conversion_kind', converted.conversion_kind, NULL, NULL, NULL,
       crm_is_shown((SELECT min_cell FROM setting), count(DISTINCT converted.customer_id)), crm_as_of()
FROM conversion_known AS converted
WHERE (SELECT min_cell FROM setting) > 1
GROUP BY converted.conversion_kind;
COMMENT ON VIEW attribution_cell IS
'One row per channel, one per campaign and arm, and one per kind of conversion: may attribution show it?
dimension says of which the row is. Not shown are channels, and campaigns and arms, that touched fewer customers than
setting.min_cell, and kinds of conversion of fewer customers. Empty where setting.min_cell hides nothing.';

-- A kind and a channel are looked for one after the other: by either in one
-- condition every row would be compared with every cell.
CREATE OR REPLACE VIEW attribution AS
WITH hidden AS MATERIALIZED (
    SELECT * FROM attribution_cell WHERE NOT is_shown
)
SELECT credited.*
FROM (
    SELECT conversion_kind,
           channel,
           is_attributed,
           sum(touch_count)::bigint AS touch_count,
           crm_sum(first_count) AS first_count,
           crm_sum(last_count) AS last_count,
           crm_sum(linear_count) AS linear_count,
           crm_sum(position_count) AS position_count,
           crm_sum(decay_count) AS decay_count,
           round(crm_decimal(crm_sum(first_amount)), 9)::double precision AS first_amount,
           round(crm_decimal(crm_sum(last_amount)), 9)::double precision AS last_amount,
           round(crm_decimal(crm_sum(linear_amount)), 9)::double precision AS linear_amount,
           round(crm_decimal(crm_sum(position_amount)), 9)::double precision AS position_amount,
           round(crm_decimal(crm_sum(decay_amount)), 9)::double precision AS decay_amount,
           crm_as_of() AS as_of
    FROM attribution_origin
    GROUP BY conversion_kind, channel, is_attributed
) AS credited
WHERE NOT EXISTS (SELECT FROM hidden WHERE hidden.conversion_kind = credited.conversion_kind)
  AND NOT EXISTS (SELECT FROM hidden WHERE hidden.channel = credited.channel AND credited.is_attributed);
COMMENT ON VIEW attribution IS
'One row per kind of conversion and channel: what each rule credits to it, side by side.
first and last touch, linear (all alike), position (0.4 first and last, the rest between) and decay (half after
setting.attribution_half_life_days). A row whose is_attributed is false has the conversions without a touch that counts,
so that every column adds up to all conversions. A touch counts up to the conversion, within
setting.attribution_window_days (NULL: however long before), after the conversion before if
setting.is_path_ended_by_conversion; not if channel_rule or touch_kind say so.
Channels that touched fewer customers than setting.min_cell are hidden, and kinds of conversion of fewer.';

CREATE OR REPLACE VIEW attribution_campaign AS
WITH hidden AS MATERIALIZED (
    SELECT * FROM attribution_cell WHERE NOT is_shown
)
SELECT credited.*
FROM (
    SELECT conversion_kind,
           campaign_id,
           arm,
           is_attributed,
           sum(touch_count)::bigint AS touch_count,
           crm_sum(first_count) AS first_count,
           crm_sum(last_count) AS last_count,
           crm_sum(linear_count) AS linear_count,
           crm_sum(position_count) AS position_count,
           crm_sum(decay_count) AS decay_count,
           round(crm_decimal(crm_sum(first_amount)), 9)::double precision AS first_amount,
           round(crm_decimal(crm_sum(last_amount)), 9)::double precision AS last_amount,
           round(crm_decimal(crm_sum(linear_amount)), 9)::double precision AS linear_amount,
           round(crm_decimal(crm_sum(position_amount)), 9)::double precision AS position_amount,
           round(crm_decimal(crm_sum(decay_amount)), 9)::double precision AS decay_amount,
           crm_as_of() AS as_of
    FROM attribution_origin
    GROUP BY conversion_kind, campaign_id, arm, is_attributed
) AS credited
WHERE NOT EXISTS (SELECT FROM hidden WHERE hidden.conversion_kind = credited.conversion_kind)
  AND NOT EXISTS (SELECT FROM hidden
                  WHERE hidden.dimension = 'campaign' AND credited.is_attributed
                    AND ARRAY[hidden.campaign_id, hidden.arm] = ARRAY[credited.campaign_id, credited.arm]);
COMMENT ON VIEW attribution_campaign IS
'One row per kind of conversion, campaign and arm: what each rule credits to it, side by side.
As attribution; campaign_id is NULL for touches of no campaign. Campaigns and arms that touched fewer customers than
setting.min_cell are hidden, and kinds of conversion of fewer.';

-- Paths are in the order of time, touches of one instant in that of channels;
-- what is within the window is one stretch of it, whose ends are looked up as
-- in a table of classes. What a customer was touched by since the last
-- conversion is a path that has led to nothing yet.
CREATE OR REPLACE VIEW attribution_markov AS
WITH path AS MATERIALIZED (
    SELECT customer_id, array_agg(touched_at) AS touched_at, array_agg(channel) AS channels
    FROM (
        SELECT customer_id, touched_at, channel FROM attributed_touch
        WHERE isfinite(touched_at)
        ORDER BY customer_id, touched_at, channel COLLATE "C"
    ) AS ordered
    GROUP BY customer_id
), converted AS MATERIALIZED (
    SELECT * FROM conversion_window
), outcome AS (
    SELECT converted.conversion_kind,
           path.channels[CASE WHEN converted.window_days IS NULL THEN 1
                              ELSE 1 + width_bucket(converted.converted_at
                                                    - (converted.window_days * 86400 + 0.000001) * interval '1 second',
                                                    path.touched_at) END
                         : width_bucket(converted.converted_at, path.touched_at)] AS channels,
           converted.conversion_count,
           converted.amount,
           converted.null_count
    FROM converted LEFT JOIN path ON path.customer_id = converted.customer_id
    UNION ALL
    SELECT pending.conversion_kind,
           pending.channels,
           0,
           0,
           1
    FROM (
        SELECT kind.conversion_kind,
               CASE WHEN last.converted_at IS NULL THEN path.channels
                    ELSE path.channels[1 + width_bucket(last.converted_at, path.touched_at):] END AS channels
        FROM path
        CROSS JOIN (SELECT DISTINCT conversion_kind FROM converted) AS kind
        LEFT JOIN (
            SELECT conversion_kind, customer_id, max(converted_at) AS converted_at
            FROM converted
            WHERE conversion_count > 0 OR null_count > 0
            GROUP BY conversion_kind, customer_id
        ) AS last ON last.customer_id = path.customer_id AND last.conversion_kind = kind.conversion_kind
    ) AS pending
    WHERE cardinality(pending.channels) > 0
), hidden AS MATERIALIZED (
    SELECT * FROM attribution_cell WHERE NOT is_shown
), chain AS MATERIALIZED (
    SELECT conversion_kind, crm_markov_agg(channels, conversion_count, amount, null_count) AS m
    FROM outcome
    GROUP BY conversion_kind
)
SELECT chain.conversion_kind,
       credit.channel,
       credit.removal_effect IS NOT NULL OR credit.conversions IS NULL AS is_attributed,
       credit.conversions AS conversion_count,
       round(crm_decimal(credit.value), 9)::double precision AS amount,
       credit.removal_effect,
       crm_markov_probability(chain.m) AS conversion_share,
       crm_as_of() AS as_of
FROM chain
CROSS JOIN LATERAL crm_markov_credit(chain.m) AS credit
WHERE NOT EXISTS (SELECT FROM hidden WHERE hidden.conversion_kind = chain.conversion_kind)
  AND NOT EXISTS (SELECT FROM hidden
                  WHERE hidden.channel = credit.channel
                    AND (credit.removal_effect IS NOT NULL OR credit.conversions IS NULL));
COMMENT ON VIEW attribution_markov IS
'One row per kind of conversion and channel: what would be lost without it.
By the Markov chain of channels (Anderl and others 2016): conversions and their value in proportion to the removal
effects. A row whose is_attributed is false, none, has the conversions without a touch that counts, so that they add up
to all. Touches after the last conversion of a customer are a path that has not converted. Counted as in attribution;
channels that touched fewer customers than setting.min_cell are hidden, and kinds of conversion of fewer.';
