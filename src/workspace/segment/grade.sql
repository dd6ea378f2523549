-- Who is gold, and every way to grade a customer; over customer_360.

CREATE OR REPLACE VIEW gold_customer AS
SELECT gold.customer_id,
       customer.customer_name,
       gold.gold_count,
       gold.snapshot_count,
       gold.last_gold_on,
       basis.segment,
       basis.segment_order,
       basis.class,
       basis.class_order,
       basis.amount,
       crm_as_of() AS as_of
FROM (
    SELECT snapshot.customer_id,
           count(*) AS gold_count,
           (SELECT count(*) FROM snapshot_day, setting WHERE snapshot_day.snapshot_rank <= setting.gold_window)
               AS snapshot_count,
           max(snapshot.as_of) AS last_gold_on
    FROM customer_snapshot AS snapshot
    WHERE snapshot.as_of = ANY (ARRAY(SELECT snapshot_day.snapshot_on FROM snapshot_day, setting
                                      WHERE snapshot_day.snapshot_rank <= setting.gold_window))
      AND snapshot.class = 'A'
      AND snapshot.r_score >= (SELECT setting.gold_r_score FROM setting)
      AND snapshot.f_score >= (SELECT setting.gold_f_score FROM setting)
    GROUP BY snapshot.customer_id
    HAVING count(*) >= (SELECT setting.gold_snapshots FROM setting)
) AS gold
LEFT JOIN person AS customer USING (customer_id)
LEFT JOIN customer_basis AS basis USING (customer_id);
COMMENT ON VIEW gold_customer IS
'One row per gold customer: of class A and loyal, snapshot after snapshot.
In at least setting.gold_snapshots of the last setting.gold_window snapshots.
Loyal are those who have a recency score of at least setting.gold_r_score and a frequency score of at least
setting.gold_f_score: by default the segments champions and loyal of the map grid, whatever they are called.
Segment, class and amount are those of as_of.';

CREATE OR REPLACE VIEW customer_grade AS
SELECT customer.customer_id,
       customer.customer_name,
       customer.is_prospect,
       crm_abc_grade(customer.class, customer.potential, setting.potential_cut) AS grade,
       strpos('ABC', crm_abc_grade(customer.class, customer.potential, setting.potential_cut)) AS grade_order,
       customer.class,
       customer.class_order,
       customer.amount,
       customer.potential,
       customer.region,
       customer.industry,
       customer.tenure_band,
       customer.tenure_band_order,
       customer.stage,
       customer.stage_order,
       customer.segment,
       customer.segment_order,
       customer.as_of
FROM customer_360 AS customer
CROSS JOIN (SELECT potential_cut FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW customer_grade IS
'One row per customer, prospects too: every way to grade and classify it.
grade: A by contribution (class A), B by potential (potential at least setting.potential_cut), C the rest.';
