-- What to do with whom: the playbook meets what each customer is.

-- Since when: the last move, if it was to what the customer is, or where the
-- customer never moved, the first snapshot of all. Who came back since the last
-- snapshot is there since no known day.
CREATE OR REPLACE VIEW next_action AS
SELECT customer.customer_id,
       state.dimension,
       state.dimension_value,
       book.action,
       since.since_on,
       since.since_on + book.due_days AS due_on,
       (since.since_on + book.due_days < (SELECT crm_as_of())) IS TRUE AS is_overdue,
       crm_as_of() AS as_of
FROM customer_360 AS customer
LEFT JOIN (
    SELECT * FROM customer_snapshot WHERE as_of = (SELECT min(snapshot_on) FROM snapshot_day)
) AS first ON first.customer_id = customer.customer_id
CROSS JOIN LATERAL (
    VALUES ('segment', customer.segment, first.segment), ('stage', customer.stage, first.stage),
           ('class', customer.class, first.class), ('outcome', customer.outcome, first.outcome)
) AS state (dimension, dimension_value, first_value)
JOIN playbook AS book ON book.dimension = state.dimension AND book.value = state.dimension_value
LEFT JOIN (
    SELECT DISTINCT ON (customer_id, kind) customer_id, kind, new_value, moved_on
    FROM customer_move
    WHERE moved_on <= (SELECT crm_as_of())
    ORDER BY customer_id, kind, moved_on DESC
) AS moved ON moved.customer_id = customer.customer_id AND moved.kind = state.dimension
CROSS JOIN LATERAL (
    SELECT CASE WHEN coalesce(moved.new_value, CASE WHEN moved.kind IS NULL THEN state.first_value END)
                     = state.dimension_value
                THEN coalesce(moved.moved_on, first.as_of) END AS since_on
) AS since;
COMMENT ON VIEW next_action IS
'One row per customer and action of the playbook that applies to what the customer is by as_of.
since_on is the day of the snapshot that found the customer there, and no later one elsewhere; due_on that and due_days;
NULL where no snapshot did.';
