-- The value of each customer.

CREATE OR REPLACE VIEW customer_clv AS
SELECT customer_id, clv_model_name, frequency, last_purchase_age_days, tenure_days, mean_repeat_amount, p_alive,
       expected_purchases, expected_value, clv, horizon_days, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_clv IS
'One row per customer with a purchase or refund by as_of: value in the days to come.
frequency, last_purchase_age_days and tenure_days are the x, t_x and T of the literature. For an interval of clv ask
crm_clv_interval, which costs more than all of this.';
