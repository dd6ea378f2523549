-- What customer_360 shows of the subject.

CREATE OR REPLACE VIEW customer_360_profile AS
SELECT customer_id, age_years, gender, acquired_through, referred_by, crm_as_of() AS as_of
FROM customer_detail;
COMMENT ON VIEW customer_360_profile IS
'One row a customer of the source customer: what customer_360 shows of the profile.';
