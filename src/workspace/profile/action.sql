-- What to do with whom: the playbook meets what each customer is.

CREATE OR REPLACE VIEW next_action AS
SELECT customer.customer_id,
       state.dimension,
       state.dimension_value,
       book.action,
       moved.moved_on AS since_on,
       moved.moved_on + book.due_days AS due_on,
       (moved.moved_on + book.due_days < (SELECT crm_as_of())) IS TRUE AS is_overdue,
       crm_as_of() AS as_of
FROM customer_360 AS customer
CROSS JOIN LATERAL (
    VALUES ('segment', customer.segment), ('stage', customer.stage), ('class', customer.class), ('outcome', customer.outcome)
) AS state (dimension, dimension_value)
JOIN playbook AS book ON book.dimension = state.dimension AND book.value = state.dimension_value
LEFT JOIN (
    SELECT customer_id, kind, new_value, max(moved_on) AS moved_on
    FROM customer_move
    WHERE moved_on <= (SELECT crm_as_of())
    GROUP BY customer_id, kind, new_value
) AS moved ON moved.customer_id = customer.customer_id AND moved.kind = state.dimension
          AND moved.new_value = state.dimension_value;
COMMENT ON VIEW next_action IS
'One row a customer and action of the playbook that applies to what the customer is by as_of.
since_on is the day of the snapshot that found the customer there, due_on that and due_days; NULL where no snapshot
did.';
