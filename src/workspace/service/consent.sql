-- Who may be contacted, and who may reply. The day of the contact counts.

CREATE OR REPLACE VIEW consent_status AS
SELECT DISTINCT ON (customer_id, lower(channel COLLATE "C"), lower(purpose COLLATE "C"))
    customer_id, channel, purpose, coalesce(is_given, false) AS is_given, given_at AS since_at, wording,
    crm_as_of() AS as_of
FROM consent
WHERE customer_id IS NOT NULL AND given_at < (SELECT crm_as_of_at(:'time_zone'))
  AND given_at <> '-infinity'
ORDER BY customer_id, lower(channel COLLATE "C"), lower(purpose COLLATE "C"), given_at DESC,
         coalesce(is_given, false), wording, channel, purpose;
COMMENT ON VIEW consent_status IS
'One row per customer, channel and purpose with a consent or a withdrawal: the latest by as_of.
NULL stands for all channels or purposes. At one instant a withdrawal goes before a consent. Words are the same in upper
and lower case.';

CREATE OR REPLACE VIEW outbound_without_consent AS
SELECT
    i.interaction_id, i.customer_id, i.interacted_at, i.channel, i.purpose, i.staff_id,
    latest.given_at AS withdrawn_at, crm_as_of() AS as_of
FROM interaction_known AS i
JOIN contact_purpose AS word ON lower(word.purpose COLLATE "C") = lower(i.purpose COLLATE "C") AND word.needs_consent
LEFT JOIN (
    SELECT DISTINCT ON (o.customer_id, o.channel, o.purpose, o.interacted_at)
        o.customer_id, o.channel, o.purpose, o.interacted_at, c.given_at, c.is_given IS TRUE AS is_given
    FROM (
        SELECT DISTINCT i.customer_id, i.channel, i.purpose, i.interacted_at
        FROM interaction_known AS i
        JOIN contact_purpose AS word ON lower(word.purpose COLLATE "C") = lower(i.purpose COLLATE "C")
            AND word.needs_consent
        WHERE i.direction = 'out'
    ) AS o
    JOIN consent AS c
        ON c.customer_id = o.customer_id AND c.given_at <= o.interacted_at AND c.given_at <> '-infinity'
       AND (c.channel IS NULL OR lower(c.channel COLLATE "C") = lower(o.channel COLLATE "C"))
       AND (c.purpose IS NULL OR lower(c.purpose COLLATE "C") = lower(o.purpose COLLATE "C"))
    ORDER BY o.customer_id, o.channel, o.purpose, o.interacted_at, c.given_at DESC, c.is_given IS TRUE
) AS latest
    ON latest.customer_id = i.customer_id AND latest.interacted_at = i.interacted_at
   AND latest.channel IS NOT DISTINCT FROM i.channel AND latest.purpose IS NOT DISTINCT FROM i.purpose
WHERE i.direction = 'out' AND i.customer_id IS NOT NULL
  AND latest.is_given IS NOT TRUE;
COMMENT ON VIEW outbound_without_consent IS
'One row per contact to a customer who had not agreed to it.
Where contact_purpose.needs_consent: the latest consent at the instant of the contact, for its channel and purpose
or for all, decides; a withdrawal at the same instant goes before. withdrawn_at is NULL where nothing had been said.
Contacts without a customer, as of one who was erased, are left out.';

CREATE OR REPLACE VIEW untrained_reply AS
SELECT
    i.interaction_id, i.customer_id, i.case_id, i.interacted_at, i.channel, i.staff_id, p.policy,
    EXISTS (
        SELECT FROM staff AS s
        WHERE s.staff_id = i.staff_id AND (s.employed_from IS NULL OR s.employed_from <= i.interacted_on)
          AND (s.employed_to IS NULL OR s.employed_to >= i.interacted_on)
    ) AS is_on_roster,
    crm_as_of() AS as_of
FROM interaction_known AS i
-- A policy may be asked for on every channel, and again on one.
CROSS JOIN LATERAL (
    SELECT min(asked.policy COLLATE "C") COLLATE "default" AS policy
    FROM reply_policy AS asked
    WHERE asked.channel IS NULL OR lower(asked.channel COLLATE "C") = lower(i.channel COLLATE "C")
    GROUP BY lower(asked.policy COLLATE "C")
) AS p
WHERE i.direction = 'out' AND (i.actor IS NULL OR i.actor = 'staff') AND i.is_public IS NOT FALSE AND i.staff_id <> ''
  AND NOT EXISTS (
      SELECT FROM training AS t
      WHERE t.staff_id = i.staff_id AND lower(t.policy COLLATE "C") = lower(p.policy COLLATE "C")
        AND t.trained_on <= i.interacted_on
        AND (t.expires_on IS NULL OR t.expires_on > i.interacted_on));
COMMENT ON VIEW untrained_reply IS
'One row per public reply, and a policy that its author was not trained in on that day.
reply_policy says which policies a channel needs; without rows there nothing is needed.
Flags to look at, not verdicts.';
