-- Who is the same: only keys that are equal link, in their normal form.

CREATE OR REPLACE VIEW customer_identity AS
SELECT normal.customer_id, normal.kind, normal.normal_value, crm_as_of() AS as_of
FROM (
    SELECT DISTINCT given.customer_id,
           given.kind,
           CASE given.kind WHEN 'email' THEN crm_normal_email(given.value)
                           WHEN 'phone' THEN crm_normal_phone(given.value, setting.phone_country)
                           ELSE nullif(btrim(given.value), '') END AS normal_value
    FROM (
        -- Whoever registered by as_of is known: who else is, is asked only where somebody registers later.
        SELECT person.customer_id, own.kind, own.value
        FROM person
        CROSS JOIN LATERAL (VALUES ('email', person.email), ('phone', person.phone)) AS own (kind, value)
        WHERE person.registered_at IS NULL
           OR (person.registered_at AT TIME ZONE :'time_zone')::date <= crm_as_of()
           OR person.customer_id IN (SELECT customer_id FROM known_customer)
        UNION ALL
        SELECT customer_id, lower(btrim(kind) COLLATE "C") COLLATE "default", value
        FROM identity
        WHERE customer_id IS NOT NULL
    ) AS given
    CROSS JOIN (SELECT phone_country FROM setting LIMIT 1) AS setting
    WHERE given.value IS NOT NULL
) AS normal
WHERE normal.normal_value IS NOT NULL;
COMMENT ON VIEW customer_identity IS
'One row per customer known by as_of and key: an e-mail address, telephone number or any other.
Of customer and of identity, in normal form (crm_normal_email, crm_normal_phone with setting.phone_country); what is
no address or number is left out, see data_quality.';

CREATE OR REPLACE VIEW identity_duplicate AS
SELECT shared.kind,
       shared.normal_value,
       shared.customer_id,
       shared.first_customer_id,
       shared.customer_count,
       shared.as_of
FROM (
    SELECT kind, normal_value, customer_id, as_of,
           first_value(customer_id) OVER (PARTITION BY kind, normal_value ORDER BY customer_id) AS first_customer_id,
           count(*) OVER (PARTITION BY kind, normal_value) AS customer_count
    FROM customer_identity
) AS shared
WHERE shared.customer_count > 1;
COMMENT ON VIEW identity_duplicate IS
'One row per customer and key that another customer has too: the same person?
Equal keys only; for likeness use pg_trgm. first_customer_id is one name for all who share the key.';
