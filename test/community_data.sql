-- The community's views over a real forum and over ideas that became releases.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(38);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;

CREATE TABLE forum_posts (post_id integer, kind text, parent_id integer, accepted_answer_id integer,
    created_at timestamptz,
    closed_at timestamptz, score integer, view_count integer, answer_count integer, comment_count integer,
    favourite_count integer, author text, tags text, title text);
\set forum :data/forum_posts.csv
COPY forum_posts FROM :'forum' (FORMAT csv, HEADER true);
CREATE TABLE ideas (idea_id integer, kind text, status text, topic text, created_on date, resolved_on date,
    target_version text, author text, co_author_count integer, title text);
\set ideas :data/ideas.csv
COPY ideas FROM :'ideas' (FORMAT csv, HEADER true);
CREATE TABLE idea_states (idea_id integer, at timestamptz, status text);
\set states :data/idea_states.csv
COPY idea_states FROM :'states' (FORMAT csv, HEADER true);
CREATE TABLE python_releases (series text, version text, kind text, number text, state text, released_on date,
    expected_on date,
    first_planned_on date, plan_published_on date, plan_changes integer, first_final_of_series integer);
\set releases :data/python_releases.csv
COPY python_releases FROM :'releases' (FORMAT csv, HEADER true);
CREATE TABLE airline_tweets (n integer, airline text, sentiment text, sentiment_confidence numeric,
    negative_reason text,
    author text, posted_at timestamp, body text);
\set tweets :data/airline_tweets.csv
COPY airline_tweets FROM :'tweets' (FORMAT csv, HEADER true);

SELECT crm_create_workspace('forum', '{"post": {"from": "forum_posts", "post_id": "post_id::text",
    "parent_id": "parent_id::text", "accepted_post_id": "accepted_answer_id::text", "customer_id": "author",
    "posted_at": "created_at", "kind": "kind", "tags": "tags", "title": "title", "view_count": "view_count"}}');
SET LOCAL crm_ext.as_of = '2017-03-13';

-- F.base, F1
SELECT results_eq('SELECT question_count, answer_count, author_count, post_count, anonymous_post_count
    FROM forum.community_size',
    'VALUES (663::bigint, 1572::bigint, 781::bigint, 2235::bigint, 10::bigint)', 'the forum');
SELECT is((SELECT round(posts_per_member::numeric, 9) FROM forum.community_size), 2.848911652, 'posts a member');
SELECT is((SELECT round(posts_per_day::numeric, 9) FROM forum.community_size), 1.948309138, 'posts a day of its life');
SELECT results_eq('SELECT answered_count, peer_answered_count, solved_count, self_answer_count, self_accepted_count
    FROM forum.peer_help',
    'VALUES (644::bigint, 635::bigint, 410::bigint, 28::bigint, 15::bigint)', 'questions answered, by peers, solved');
SELECT results_eq('SELECT round(answered_share::numeric, 10), round(peer_answered_share::numeric, 10),
                          round(solved_share::numeric, 10), round(solved_answered_share::numeric, 10),
                          round(solved_low::numeric, 10), round(solved_high::numeric, 10) FROM forum.peer_help',
    'VALUES (0.9713423831, 0.9577677225, 0.6184012066, 0.6366459627, 0.5808426303, 0.6545956405)', 'as shares');

-- F2
SELECT results_eq('SELECT round(median_peer_answer_hours::numeric, 9), round(median_peer_answer_low::numeric, 9),
                          round(median_peer_answer_high::numeric, 9), round(median_answered_hours::numeric, 7),
                          round(p90_answered_hours::numeric, 7) FROM forum.peer_help',
    'VALUES (7.963622222, 5.983747222, 9.440389722, 6.7402325, 145.1844296)', 'hours to the first answer of a peer');
SELECT results_eq($$SELECT count(*), count(*) FILTER (WHERE is_ended) FROM forum.question_wait
    WHERE kind = 'peer answer'$$,
    'VALUES (663::bigint, 635::bigint)', 'of all questions');

-- F4, F5b
SELECT results_eq($$SELECT member_count, total_count, round(gini::numeric, 10), top_1_count,
    round(top_1_share::numeric, 10),
                           round(next_9_share::numeric, 10), round(rest_share::numeric, 10)
                    FROM forum.contributor_share WHERE measure = 'posts'$$,
    'VALUES (781::bigint, 2225::bigint, 0.5663957185, 8::bigint, 0.1550561798, 0.3878651685, 0.4570786517)',
        'who writes how much');
SELECT is((SELECT round(gini::numeric, 10) FROM forum.contributor_share WHERE measure = 'answers'), 0.6833774036,
    'and answers');
SELECT results_eq('SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY post_count), max(post_count)
    FROM forum.community_member',
    'VALUES (1::double precision, 57::bigint)', 'posts of a member');

-- F6, F7, F9
SELECT is((SELECT reached_at FROM forum.milestone WHERE member_number = 100), '2014-02-04 19:30:03.690+00'::timestamptz,
    'the hundredth author');
SELECT results_eq($$SELECT factor_value FROM forum.community_health WHERE factor = 'content'
                    AND month_on IN ('2014-01-01', '2014-02-01', '2015-06-01', '2016-12-01', '2017-02-01')
                    ORDER BY month_on$$,
    'VALUES (435::double precision), (146), (48), (44), (98)', 'posts by month');
SELECT is((SELECT count(*) FROM forum.tag_summary), 155::bigint, 'tags');
SELECT results_eq('SELECT tag, post_count FROM forum.tag_summary ORDER BY tag_rank LIMIT 5',
    $$VALUES ('taste', 82::bigint), ('brewing', 56), ('history', 51), ('breweries', 43), ('style', 34)$$,
        'the most used');
SELECT is((SELECT sum(post_count) FROM forum.tag_trend), (SELECT sum(post_count) FROM forum.tag_summary),
    'tags by month add up');
SELECT is((SELECT sum(question_count) FROM forum.peer_help_monthly)::bigint, 663::bigint, 'questions by month add up');
SELECT is((SELECT sum(solved_count) FROM forum.peer_help_monthly)::bigint, 410::bigint, 'and those solved');
SELECT is((SELECT count(*) FROM forum.community_health), (SELECT 6 * count(*) FROM forum.community_month),
    'six factors a month');

-- Ledgers of posts
SELECT is_empty($$SELECT * FROM crm_check_workspace('forum')$$, 'ledgers of posts are exact');
SELECT is((SELECT sum(crm_event_count(posts)) FROM forum.post_activity)::bigint, 2225::bigint,
    'and have every post of an author');
SELECT is((SELECT sum(mean_active_days * monthly_count)::bigint FROM forum.stickiness),
          (SELECT count(*) FROM (SELECT DISTINCT customer_id, posted_on FROM forum.community_post
              WHERE customer_id IS NOT NULL) AS d),
          'stickiness counts days of authors');
DELETE FROM forum_posts WHERE author = 'u0086';
SELECT is_empty($$SELECT * FROM crm_check_workspace('forum')$$, 'and stay exact');

-- T1: log-odds of words between two groups, by a stated pattern
CREATE VIEW word_count AS
SELECT sentiment, match[1] AS word, count(*)::double precision AS n
FROM airline_tweets, regexp_matches(lower(body), '[a-z]{3,}', 'g') AS match
GROUP BY 1, 2;
CREATE VIEW word_shift AS
SELECT word, (crm_log_odds(a, sum(a) OVER (), b, sum(b) OVER (), n, sum(n) OVER ())).*, a, b
FROM (SELECT word, coalesce(sum(n) FILTER (WHERE sentiment = 'negative'), 0) AS a,
             coalesce(sum(n) FILTER (WHERE sentiment = 'positive'), 0) AS b, sum(n) AS n FROM word_count
             GROUP BY word) AS w;
SELECT results_eq('SELECT sum(a), sum(b), count(*) FROM word_shift', 'VALUES (137629::double precision,
    26523::double precision, 13161::bigint)', 'words of tweets');
SELECT results_eq('SELECT word, round(log_odds::numeric, 6), round(z::numeric, 6), a, b FROM word_shift ORDER BY z DESC,
    word LIMIT 3',
    $$VALUES ('hours', 0.263770, 5.634126, 659::double precision, 7::double precision),
        ('not', 0.169634, 5.532028, 1357, 78),
             ('hold', 0.257942, 5.342559, 614, 7)$$, 'what the angry say');
SELECT results_eq('SELECT word, round(log_odds::numeric, 6), round(z::numeric, 6), a, b FROM word_shift ORDER BY z, word
    LIMIT 2',
    $$VALUES ('thank', -0.839508, -17.132388, 81::double precision, 455::double precision),
        ('thanks', -0.597123, -16.525503, 315, 611)$$,
    'and the pleased');

-- I1 to I6
SELECT crm_create_workspace('pep', '{
    "idea": {"from": "ideas", "idea_id": "idea_id::text", "customer_id": "author", "kind": "kind",
             "submitted_at": "created_on", "release_id": "substring(target_version from ''^\\d+\\.\\d+'')",
             "title": "title", "state": "status"},
    "idea_state": {"from": "idea_states", "idea_id": "idea_id::text", "changed_at": "at", "state": "status"},
    "release": {"from": "python_releases", "release_id": "concat_ws('' '', version, kind, number)",
                "series": "series", "kind": "kind",
                "planned_on": "first_planned_on", "released_on": "released_on"}}');
SET LOCAL crm_ext.as_of = '2026-08-23';
UPDATE pep.setting SET release_interval_days = 61, release_tolerance_days = 7;
SELECT results_eq($$SELECT submitted_count, accepted_count, shipped_count, declined_count FROM pep.idea_funnel
    WHERE kind = 'Standards Track'$$,
    'VALUES (579::bigint, 327::bigint, 255::bigint, 176::bigint)', 'the funnel');
SELECT results_eq($$SELECT state, count(*) FROM pep.idea_status WHERE kind = 'Standards Track' GROUP BY state
    ORDER BY 2 DESC$$,
    $$VALUES ('Final', 308::bigint), ('Rejected', 116), ('Withdrawn', 52), ('Draft', 45), ('Deferred', 33),
        ('Superseded', 16), ('Accepted', 9)$$,
    'states today');
SELECT results_eq($$SELECT shipped_count - ship_negative_count, ship_negative_count, median_ship_days, p90_ship_days
                    FROM pep.idea_funnel WHERE kind = 'Standards Track'$$,
    'VALUES (251::bigint, 4::bigint, 396::double precision, 840::double precision)', 'days to the release');
SELECT results_eq($$SELECT accept_ship_negative_count, round(median_accept_ship_days::numeric, 7),
    round(p90_accept_ship_days::numeric, 7)
                    FROM pep.idea_funnel WHERE kind = 'Standards Track'$$,
    'VALUES (33::bigint, 212.3572685, 564.9925347)', 'days from acceptance to it');
SELECT results_eq($$SELECT extract(year FROM month_on)::integer, sum(submitted_count)::integer FROM pep.idea_monthly
                    WHERE kind = 'Standards Track' AND extract(year FROM month_on) IN (2001, 2010, 2020, 2025)
                    GROUP BY 1 ORDER BY 1$$,
    'VALUES (2001, 40), (2010, 5), (2020, 31), (2025, 38)', 'ideas by year');
SELECT is((SELECT count(*) FROM pep.idea_status WHERE release_id = '3.10' AND shipped_on = '2021-10-04'),
          (SELECT count(*) FROM ideas WHERE target_version ~ '^3\.10' AND status = 'Final'), '3.10 is not 3.1');

-- R1 to R4
SELECT results_eq($$SELECT release_count, gap_count, mean_gap_days, round(sd_gap_days::numeric, 8), median_gap_days,
    on_time_share, in_band_share
                    FROM pep.release_cadence WHERE series = '3.8'$$,
    'VALUES (21::bigint, 20::bigint, 89.45::double precision, 60.73018412, 65.5::double precision,
        0.6::double precision, 0.4::double precision)',
    'how regular 3.8 was');
SELECT results_eq($$SELECT release_count, round(on_or_before_share::numeric, 10),
    round(within_tolerance_share::numeric, 10),
                           round(mean_slip_days::numeric, 9), round(sd_slip_days::numeric, 8), median_slip_days,
                           min_slip_days, max_slip_days
                    FROM pep.plan_adherence WHERE kind = 'all'$$,
    'VALUES (248::bigint, 0.2943548387, 0.7419354839, 9.512096774, 30.32816222, 2::double precision, -35, 365)',
        'how punctual all were');
SELECT results_eq($$SELECT kind, release_count, round(within_tolerance_share::numeric, 10),
    round(mean_slip_days::numeric, 9)
                    FROM pep.plan_adherence WHERE kind <> 'all' ORDER BY kind$$,
    $$VALUES ('alpha', 72::bigint, 0.75, 8.083333333), ('beta', 51, 0.7647058824, 7.372549020),
        ('candidate', 64, 0.796875, 7.84375),
             ('final', 61, 0.6557377049, 14.737704918)$$, 'by kind');

-- What was known on an earlier day
SET LOCAL crm_ext.as_of = '2012-01-31';
SELECT is((SELECT state FROM pep.idea_status WHERE idea_id = '405'), 'Draft', 'an idea was a draft again then');
SELECT is((SELECT count(*) FROM pep.idea_status WHERE shipped_on > '2012-01-31'), 0::bigint,
    'nothing had shipped later');
SELECT is((SELECT count(*) FROM pep.release_cadence WHERE last_released_on > '2012-01-31'), 0::bigint,
    'and no release was out');
SELECT is((SELECT sum(idea_count) FROM pep.idea_value)::bigint, (SELECT count(*) FROM pep.idea_status
    WHERE customer_id IS NOT NULL),
          'tiers add up to the ideas of authors');
SELECT * FROM finish();
ROLLBACK;
\endif
