-- What customer_360 shows of the subject.

CREATE OR REPLACE VIEW customer_360_profile AS
SELECT customer_id, age_years, gender, acquired_through, referred_by, crm_as_of() AS as_of
FROM customer_detail;
COMMENT ON VIEW customer_360_profile IS
'One row per customer of the source customer, whenever registered: what customer_360 shows of the profile.';

CREATE OR REPLACE VIEW customer_elsewhere_profile AS
SELECT customer_id, crm_as_of() AS as_of
FROM identity
WHERE customer_id IS NOT NULL
UNION ALL
SELECT customer_id, crm_as_of()
FROM customer_tag
WHERE customer_id IS NOT NULL AND (tagged_on <= crm_as_of() OR tagged_on IS NULL)
UNION ALL
SELECT customer_id, crm_as_of()
FROM wallet
WHERE customer_id IS NOT NULL AND (stated_on <= crm_as_of() OR stated_on IS NULL);
COMMENT ON VIEW customer_elsewhere_profile IS
'One row per key, tag or wallet of a customer by as_of: see customer_elsewhere.';
