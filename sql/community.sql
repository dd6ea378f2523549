-- What do they say who complain, and not those who praise?
CREATE TABLE term (word text, complaints integer, praise integer, all_posts integer);
INSERT INTO term VALUES ('queue', 40, 2, 50), ('thanks', 5, 60, 80), ('the', 400, 410, 1000), ('lovely', 0, 9, 9),
    ('refund', 12, 0, 14), ('new', 0, 0, 0);
SELECT word, round(log_odds::numeric, 8) AS log_odds, round(z::numeric, 8) AS z
FROM term, (SELECT sum(complaints) AS a, sum(praise) AS b, sum(all_posts) AS alpha FROM term) AS total,
     LATERAL crm_log_odds(complaints, a, praise, b, all_posts, alpha)
ORDER BY z DESC NULLS LAST, word;

-- A prior made of the same texts counts them twice: as a whole it may weigh
-- as much as a thousand words, or ten.
SELECT weighs, round(log_odds::numeric, 8) AS log_odds, round(z::numeric, 8) AS z
FROM unnest('{1000,100,10}'::float8[]) AS weighs, crm_log_odds(12, 457, 0, 481, 14 * weighs / 1153, weighs);

-- Nothing to compare with.
SELECT crm_log_odds(0, 0, 1, 10, 1, 10) AS empty, crm_log_odds(1, 10, 1, 10, 0, 10) AS no_prior,
       crm_log_odds(1, 10, 1, 10, 10, 10) AS nothing_else, crm_log_odds(NULL, 10, 1, 10, 1, 10) AS unknown;
SELECT crm_log_odds(11, 10, 1, 10, 1, 10);

-- Engagement: actions of several kinds, each fading with its age. A ledger for
-- each kind, weights where the score is made: change them without a new pass.
CREATE TABLE action (member text, kind text, day date);
INSERT INTO action VALUES ('ann', 'post', '2024-05-31'), ('ann', 'reply', '2024-05-01'),
    ('ann', 'like', '2024-05-31'), ('ann', 'like', '2024-05-31'),
    ('bob', 'post', '2024-03-02'), ('bob', 'reply', '2024-06-05'), ('cat', 'like', '2024-05-01');
SELECT member, round(sum(weight * crm_decayed_events(ledger, '2024-05-31', 30))::numeric, 6) AS engagement
FROM (SELECT member, kind, crm_activity_agg(day) AS ledger FROM action GROUP BY member, kind) AS l
     JOIN (VALUES ('post', 3), ('reply', 2), ('like', 0.5)) AS w (kind, weight) USING (kind)
GROUP BY member ORDER BY engagement DESC;
-- Or one ledger, in which an action's amount is its weight.
SELECT member, round(crm_decayed_amount(crm_activity_agg(day, weight), '2024-05-31', 30)::numeric, 6) AS engagement
FROM action JOIN (VALUES ('post', 3), ('reply', 2), ('like', 0.5)) AS w (kind, weight) USING (kind)
GROUP BY member ORDER BY engagement DESC;

DROP TABLE term, action;
