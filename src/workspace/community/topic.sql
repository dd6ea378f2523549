-- What is talked about: tags, terms, and what suddenly comes up.

CREATE OR REPLACE VIEW post_tag AS
SELECT post.post_id, post.customer_id, post.posted_on, tag.tag, post.as_of, post.staff_id
FROM post_known AS post
CROSS JOIN LATERAL (
    SELECT DISTINCT btrim(part) AS tag
    FROM string_to_table(translate(post.tags, ',', ';'), ';') AS part
    WHERE btrim(part) <> ''
) AS tag;
COMMENT ON VIEW post_tag IS
'One row per post and tag of it.';

CREATE OR REPLACE VIEW tag_summary AS
SELECT tagged.tag,
       tagged.post_count,
       rank() OVER (ORDER BY tagged.post_count DESC) AS tag_rank,
       tagged.author_count,
       tagged.first_used_on,
       tagged.last_used_on,
       crm_as_of() AS as_of
FROM (
    SELECT tag, count(*) AS post_count, count(DISTINCT customer_id) AS author_count, min(posted_on) AS first_used_on,
           max(posted_on) AS last_used_on
    FROM post_tag
    GROUP BY tag
) AS tagged
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, tagged.author_count);
COMMENT ON VIEW tag_summary IS
'One row per tag: how many posts have it, and since when.
Tags of fewer authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW tag_trend AS
SELECT tagged.tag,
       month.month_on,
       tagged.post_count,
       tagged.post_count / sum(tagged.post_count) OVER (PARTITION BY month.month_on)::double precision AS tag_share,
       month.is_complete,
       month.as_of
FROM community_month AS month
JOIN (
    SELECT tag, crm_month(posted_on) AS month_on, count(*) AS post_count,
           count(DISTINCT customer_id) AS author_count
    FROM post_tag
    GROUP BY 1, 2
) AS tagged ON tagged.month_on = month.month_on
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, tagged.author_count);
COMMENT ON VIEW tag_trend IS
'One row per tag and month with a post of it: how many, and its share.
Tags of fewer authors in the month than setting.min_cell are hidden.';

-- Lexemes by the text search configuration of the owner, or the matches of a
-- pattern; either way one of the two parts has nothing to do. What is set is
-- asked once, not for each post.
CREATE OR REPLACE VIEW post_term AS
SELECT post.post_id, post.customer_id, post.board, post.posted_on, word.lexeme AS term,
       greatest(coalesce(cardinality(word.positions), 1), 1)::bigint AS term_count, crm_as_of() AS as_of
FROM post_known AS post
CROSS JOIN LATERAL unnest(to_tsvector(
    (SELECT CASE WHEN term_pattern IS NULL THEN text_search_config::regconfig END FROM setting),
    concat_ws(' ', post.title, post.body))) AS word
WHERE (SELECT term_pattern IS NULL FROM setting)
UNION ALL
SELECT post.post_id, post.customer_id, post.board, post.posted_on, match.word[1], count(*), crm_as_of()
FROM post_known AS post
CROSS JOIN LATERAL regexp_matches(lower(concat_ws(' ', post.title, post.body)),
                                  (SELECT term_pattern FROM setting), 'g') AS match (word)
WHERE (SELECT term_pattern IS NOT NULL FROM setting)
GROUP BY post.post_id, post.customer_id, post.board, post.posted_on, match.word[1];
COMMENT ON VIEW post_term IS
'One row per post and term in its title or body: how often.
Terms are the lexemes of setting.text_search_config, or, where setting.term_pattern is given, its matches in the text in
lower case, as (\m[a-z]{3,}\M). For languages without spaces install a configuration, or use tags.';

-- Each part is counted by itself, which workers can share: words not yet counted
-- are too many to hand on. Of a truth value the planner knows that there are two.
CREATE OR REPLACE VIEW term_period AS
SELECT word.lexeme AS term,
       post.posted_at >= (SELECT crm_day_end(crm_as_of() - term_days, :'time_zone') FROM setting)
           AS is_recent,
       post.posted_at >= (SELECT crm_day_end(crm_as_of() - 2 * term_days, :'time_zone') FROM setting)
           AS is_compared,
       sum(greatest(coalesce(cardinality(word.positions), 1), 1)) AS term_count,
       crm_as_of() AS as_of
FROM post_known AS post
CROSS JOIN LATERAL unnest(to_tsvector(
    (SELECT CASE WHEN term_pattern IS NULL THEN text_search_config::regconfig END FROM setting),
    concat_ws(' ', post.title, post.body))) AS word
WHERE (SELECT term_pattern IS NULL FROM setting)
GROUP BY 1, 2, 3
UNION ALL
SELECT match.word[1],
       post.posted_at >= (SELECT crm_day_end(crm_as_of() - term_days, :'time_zone') FROM setting),
       post.posted_at >= (SELECT crm_day_end(crm_as_of() - 2 * term_days, :'time_zone') FROM setting),
       count(*),
       crm_as_of()
FROM post_known AS post
CROSS JOIN LATERAL regexp_matches(lower(concat_ws(' ', post.title, post.body)),
                                  (SELECT term_pattern FROM setting), 'g') AS match (word)
WHERE (SELECT term_pattern IS NOT NULL FROM setting)
GROUP BY 1, 2, 3;
COMMENT ON VIEW term_period IS
'One row per term and period: how often.
The last setting.term_days days, as many days before, and all before.
Not for BI: what term_shift compares. Terms are those of post_term.';

CREATE OR REPLACE VIEW term_shift AS
SELECT shifted.term,
       shifted.recent_count,
       shifted.previous_count,
       compared.log_odds,
       compared.z,
       rank() OVER (ORDER BY compared.z DESC NULLS LAST, shifted.term) AS rise_rank,
       shifted.as_of
FROM (
    SELECT counted.term,
           counted.recent_count,
           counted.previous_count,
           counted.all_count,
           sum(counted.recent_count) OVER ()::bigint AS recent_total,
           sum(counted.previous_count) OVER ()::bigint AS previous_total,
           sum(counted.all_count) OVER ()::bigint AS all_total,
           crm_as_of() AS as_of
    FROM (
        SELECT term,
               coalesce(sum(term_count) FILTER (WHERE is_recent), 0)::bigint AS recent_count,
               coalesce(sum(term_count) FILTER (WHERE is_compared AND NOT is_recent), 0)::bigint AS previous_count,
               sum(term_count)::bigint AS all_count
        FROM term_period
        GROUP BY term
    ) AS counted
) AS shifted
CROSS JOIN LATERAL crm_log_odds(shifted.recent_count, shifted.recent_total, shifted.previous_count,
                                shifted.previous_total, shifted.all_count, shifted.all_total) AS compared
WHERE shifted.recent_count + shifted.previous_count > 0;
COMMENT ON VIEW term_shift IS
'One row per term of the last two periods: is it said more than before?
The last setting.term_days days against as many before, as log-odds with the counts of all posts as prior (Monroe,
Colaresi, Quinn 2008); z beyond 2 or so is more than chance.
For two groups instead of two periods see doc/community.md.';

CREATE OR REPLACE VIEW topic_surge AS
SELECT weekly.term,
       weekly.week_on,
       CASE WHEN crm_is_shown(setting.min_cell, weekly.asker_count) THEN weekly.asker_count END AS asker_count,
       surge.z,
       surge.p_value,
       surge.method,
       weekly.asker_count >= 5 AND surge.p_value < 0.0013498980 AS is_surge,
       weekly.as_of
FROM (
    SELECT filled.term,
           filled.week_on,
           filled.asker_count,
           array_agg(filled.asker_count::double precision) OVER (
               PARTITION BY filled.term ORDER BY filled.week_on ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING) AS baseline,
           filled.as_of
    FROM (
        SELECT used.term, week.week_on, coalesce(asked.asker_count, 0) AS asker_count, week.as_of
        FROM (
            SELECT series.week_on::date AS week_on, today.as_of
            FROM community_now AS today
            CROSS JOIN generate_series(
                date_trunc('week', today.as_of::timestamp + interval '1 day') - interval '63 days',
                date_trunc('week', today.as_of::timestamp + interval '1 day') - interval '7 days',
                interval '7 days') AS series (week_on)
            WHERE series.week_on >= (SELECT date_trunc('week', min(posted_on)::timestamp) FROM post_known)
        ) AS week
        CROSS JOIN (
            SELECT DISTINCT tag AS term FROM post_tag WHERE posted_on > as_of - 14 AND staff_id IS NULL
        ) AS used
        LEFT JOIN (
            SELECT tag AS term, date_trunc('week', posted_on::timestamp)::date AS week_on,
                   count(DISTINCT customer_id) + count(DISTINCT post_id) FILTER (WHERE customer_id IS NULL)
                       AS asker_count
            FROM post_tag
            WHERE posted_on > as_of - 77 AND staff_id IS NULL
            GROUP BY 1, 2
        ) AS asked ON asked.term = used.term AND asked.week_on = week.week_on
    ) AS filled
) AS weekly
CROSS JOIN LATERAL crm_surge(weekly.asker_count, weekly.baseline) AS surge
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE weekly.week_on >= weekly.as_of - 12 AND cardinality(weekly.baseline) >= 4;
COMMENT ON VIEW topic_surge IS
'One row per tag in the last complete week: do more people ask than usual?
Distinct authors who are no staff, each post of an unknown one being of another, against those of the eight weeks
before, or as many as there are since the first post of all, four at least; weeks without one count 0, and the week in
progress is not judged.
is_surge: at least five, and by chance less than once in 740 weeks.
asker_count is NULL below setting.min_cell.';
