-- Views of service over contacts of which every figure can be counted by hand: channels, devices, who began, which
-- departments met whom, who came to the staff and left.
BEGIN;
SELECT plan(14);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-03-15';

-- One of them went from service to R&D, one left, one is yet to come, and of one nobody knows since when.
CREATE TABLE roster (staff_id text, department text, since date, until date);
INSERT INTO roster VALUES ('s1', 'service', '2024-01-01', NULL), ('s2', 'service', '2024-01-10', '2024-02-29'),
    ('s2', 'R&D', '2024-03-01', NULL), ('s3', 'sales', '2024-02-05', '2024-03-10'),
    ('s4', 'R&D', '2024-04-01', NULL), ('s5', 'service', NULL, NULL);
SELECT crm_create_workspace('desk', '{"staff": {"from": "roster", "staff_id": "staff_id", "department": "department",
    "employed_from": "since", "employed_to": "until"}}', 'Europe/Berlin', subjects => '{service}');
INSERT INTO desk.interaction (interaction_id, customer_id, interacted_at, channel, purpose, is_responded, direction,
    staff_id, device) VALUES
    ('01', 'ann', '2023-11-15 09:00Z', 'mail', NULL, NULL, NULL, NULL, NULL),
    ('02', 'ann', '2024-01-10 09:00Z', 'mail', 'offer', false, 'out', 's1', 'mobile'),
    ('03', 'ann', '2024-01-10 09:30Z', 'mail', NULL, NULL, 'in', NULL, 'desktop'),
    ('04', 'bob', '2024-01-11 09:00Z', 'phone', NULL, NULL, 'in', 's2', 'mobile'),
    ('05', 'bob', '2024-01-11 10:00Z', 'mail', NULL, NULL, 'in', NULL, 'desktop'),
    ('06', NULL, '2024-01-12 09:00Z', 'phone', NULL, NULL, 'in', NULL, 'kiosk'),
    -- In Berlin this is February
    ('07', 'ann', '2024-01-31 23:30Z', 'mail', 'offer', true, 'out', 's1', 'mobile'),
    ('08', 'bob', '2024-03-04 09:00Z', 'phone', 'offer', NULL, 'out', 's2', NULL),
    ('09', 'cat', '2024-03-05 09:00Z', NULL, NULL, NULL, NULL, 's3', NULL),
    -- The last minute of as_of, and the first after it
    ('10', 'cat', '2024-03-15 22:59Z', 'mail', 'offer', false, 'out', 's3', 'mobile'),
    ('11', 'cat', '2024-03-15 23:00Z', 'phone', 'offer', true, 'out', 's1', 'mobile');

SELECT results_eq($$SELECT month_on, channel, contact_count, round(contact_share::numeric, 6), previous_contact_count,
        round(previous_contact_share::numeric, 6), round(share_change::numeric, 6), is_complete
    FROM desk.channel_shift ORDER BY month_on, channel COLLATE "C"$$,
    $$VALUES (date '2023-11-01', 'mail', 1::bigint, 1::numeric, NULL::bigint, NULL::numeric, NULL::numeric, true),
        ('2023-11-01', 'phone', 0, 0, NULL, NULL, NULL, true), ('2023-11-01', 'unknown', 0, 0, NULL, NULL, NULL, true),
        ('2023-12-01', 'mail', 0, NULL, 1, 1, NULL, true), ('2023-12-01', 'phone', 0, NULL, 0, 0, NULL, true),
        ('2023-12-01', 'unknown', 0, NULL, 0, 0, NULL, true), ('2024-01-01', 'mail', 3, 0.6, 0, NULL, NULL, true),
        ('2024-01-01', 'phone', 2, 0.4, 0, NULL, NULL, true), ('2024-01-01', 'unknown', 0, 0, 0, NULL, NULL, true),
        ('2024-02-01', 'mail', 1, 1, 3, 0.6, 0.4, true), ('2024-02-01', 'phone', 0, 0, 2, 0.4, -0.4, true),
        ('2024-02-01', 'unknown', 0, 0, 0, 0, 0, true), ('2024-03-01', 'mail', 1, 0.333333, 1, 1, -0.666667, false),
        ('2024-03-01', 'phone', 1, 0.333333, 0, 0, 0.333333, false),
        ('2024-03-01', 'unknown', 1, 0.333333, 0, 0, 0.333333, false)$$,
    'channel_shift: every month and channel, no share of no contacts');
SELECT results_eq('SELECT channel_count, customer_count, round(customer_share::numeric, 6) FROM desk.channel_breadth
    ORDER BY 1', 'VALUES (1::bigint, 1::bigint, 0.333333), (2, 2, 0.666667)',
    'channel_breadth: ann by mail alone, and what has no channel is of one');
SELECT results_eq('SELECT month_on, device, contact_count, customer_count, contact_share, is_complete
    FROM desk.device_mix ORDER BY 1, device COLLATE "C"',
    $$VALUES (date '2024-01-01', 'desktop', 2::bigint, 2::bigint, 0.4::double precision, true),
        ('2024-01-01', 'kiosk', 1, 0, 0.2, true), ('2024-01-01', 'mobile', 2, 2, 0.4, true),
        ('2024-02-01', 'mobile', 1, 1, 1, true), ('2024-03-01', 'mobile', 1, 1, 1, false)$$,
    'device_mix: of contacts with a device, nobody''s too');

-- Half an hour apart is still one conversation
SELECT results_eq('SELECT month_on, channel, conversation_count, initiated_count, customer_count, initiated_share,
    is_complete FROM desk.customer_initiated_share ORDER BY month_on, channel COLLATE "C"',
    $$VALUES (date '2023-11-01', 'mail', 1::bigint, 0::bigint, 1::bigint, NULL::double precision, true),
        ('2024-01-01', 'mail', 2, 1, 2, 0.5, true), ('2024-01-01', 'phone', 1, 1, 1, 1, true),
        ('2024-02-01', 'mail', 1, 0, 1, 0, true), ('2024-03-01', 'mail', 1, 0, 1, 0, false),
        ('2024-03-01', 'phone', 1, 0, 1, 0, false), ('2024-03-01', NULL, 1, 0, 1, NULL, false)$$,
    'customer_initiated_share: of those of which it is known who began');
UPDATE desk.setting SET is_conversation_by_channel = false;
SELECT results_eq($$SELECT channel, conversation_count, initiated_count, customer_count, initiated_share
    FROM desk.customer_initiated_share WHERE month_on = '2024-01-01'$$,
    'VALUES (NULL::text, 3::bigint, 2::bigint, 2::bigint, 2 / 3::double precision)',
    'or of all channels together');

-- One of four had a response. Mail: (1 + 2 / 4) / (3 + 2), times 3 / 5
SELECT results_eq('SELECT channel, purpose, out_count, responded_count, round(response_share::numeric, 6),
    round(smoothed_share::numeric, 6), customer_count FROM desk.contact_effectiveness ORDER BY channel COLLATE "C"',
    $$VALUES ('mail', 'offer', 3::bigint, 1::bigint, 0.333333, 0.18, 2::bigint),
        ('phone', 'offer', 1, 0, 0, 0.055556, 1)$$, 'contact_effectiveness: shares, and what to order by');
SAVEPOINT unrecorded;
UPDATE desk.interaction SET is_responded = NULL;
SELECT results_eq('SELECT channel, out_count, responded_count, response_share, smoothed_share
    FROM desk.contact_effectiveness ORDER BY channel COLLATE "C"',
    $$VALUES ('mail', 3::bigint, 0::bigint, NULL::double precision, NULL::double precision),
        ('phone', 1, 0, NULL, NULL)$$, 'no share where nobody wrote down responses');
ROLLBACK TO unrecorded;

-- Bob met s2 in January, of service, and in March, of R&D; cat met s3, last when no longer employed.
SELECT results_eq('SELECT department, other_department, customer_count FROM desk.cross_department_contact
    ORDER BY department COLLATE "C", other_department COLLATE "C"',
    $$VALUES ('R&D', 'R&D', 1::bigint), ('R&D', 'service', 1), ('sales', 'sales', 1), ('service', 'R&D', 1),
        ('service', 'service', 2)$$, 'cross_department_contact: the department of the day of the contact');
SELECT results_eq($$SELECT staff_id, contact_on, department, contact_count FROM desk.staff_contact
    WHERE staff_id = 's2' AND (contact_count > 0 OR contact_on IN ('2024-02-29', '2024-03-01'))
       OR staff_id = 's3' AND contact_count > 0 ORDER BY staff_id, contact_on$$,
    $$VALUES ('s2', date '2024-01-11', 'service', 1::bigint), ('s2', '2024-02-29', 'service', 0),
        ('s2', '2024-03-01', 'R&D', 0), ('s2', '2024-03-04', 'R&D', 1), ('s3', '2024-03-05', 'sales', 1),
        ('s3', '2024-03-15', 'sales', 1)$$, 'staff_contact: and so are days');
SAVEPOINT nowhere;
UPDATE roster SET department = NULL WHERE staff_id = 's1';
SELECT results_eq($$SELECT department, other_department, customer_count FROM desk.cross_department_contact
    WHERE department = 'service' ORDER BY other_department COLLATE "C"$$,
    $$VALUES ('service', 'R&D', 1::bigint), ('service', 'service', 1)$$, 'who is of no department meets for none');
ROLLBACK TO nowhere;

SELECT results_eq('SELECT month_on, department, staff_count, joined_count, left_count, p50_tenure_days, is_complete
    FROM desk.staff_flow ORDER BY month_on, department COLLATE "C"',
    $$VALUES (date '2024-01-01', 'service', 3::bigint, 2::bigint, 0::bigint, 25.5::double precision, true),
        ('2024-02-01', 'sales', 1, 1, 0, 24, true), ('2024-02-01', 'service', 3, 0, 1, 54.5, true),
        ('2024-03-01', 'R&D', 1, 1, 0, 14, false), ('2024-03-01', 'sales', 0, 0, 1, NULL, false),
        ('2024-03-01', 'service', 2, 0, 0, 74, false)$$,
    'staff_flow: who leaves on the last day of a month is there on it, and who comes after as_of is not');

-- What min_cell hides is not 0
INSERT INTO desk.interaction (interaction_id, customer_id, interacted_at, channel)
VALUES ('12', 'dan', '2024-03-06 09:00Z', 'mail'), ('13', 'eve', '2024-03-06 09:00Z', 'phone'),
    ('14', 'dan', '2024-03-07 09:00Z', 'phone');
UPDATE desk.setting SET min_cell = 2;
SELECT results_eq('SELECT month_on, channel, contact_count, contact_share, previous_contact_count, share_change
    FROM desk.channel_shift ORDER BY month_on, channel COLLATE "C"',
    $$VALUES (date '2024-01-01', 'mail', 3::bigint, 1::double precision, NULL::bigint, NULL::double precision),
        ('2024-01-01', 'phone', NULL, NULL, NULL, NULL), ('2024-02-01', 'mail', NULL, NULL, 3, NULL),
        ('2024-02-01', 'phone', NULL, NULL, NULL, NULL), ('2024-03-01', 'mail', 2, 0.4, NULL, NULL),
        ('2024-03-01', 'phone', 3, 0.6, NULL, NULL)$$, 'channel_shift: nor has it a share');
SELECT results_eq('SELECT department, other_department, customer_count FROM desk.cross_department_contact',
    $$VALUES ('service', 'service', 2::bigint)$$, 'cross_department_contact: no department of one customer');
SELECT results_eq('SELECT channel, out_count, response_share FROM desk.contact_effectiveness',
    $$VALUES ('mail', 3::bigint, 1 / 3::double precision)$$, 'contact_effectiveness: neither');
SELECT * FROM finish();
ROLLBACK;
