-- How large the community is, how it grows, and who writes.

CREATE OR REPLACE VIEW community_member AS
SELECT known.customer_id,
       min(known.registered_at) AS registered_at,
       min(known.first_post_at) AS first_post_at,
       coalesce(sum(known.post_count), 0)::bigint AS post_count,
       coalesce(sum(known.answer_count), 0)::bigint AS answer_count,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, registered_at, NULL::timestamptz AS first_post_at, 0::bigint AS post_count,
           0::bigint AS answer_count
    FROM member
    WHERE customer_id IS NOT NULL
      AND (registered_at IS NULL OR registered_at < (SELECT ended_at FROM community_now))
    UNION ALL
    SELECT customer_id, NULL, min(posted_at), count(*), count(*) FILTER (WHERE post_role = 'answer')
    FROM post_known
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id
) AS known
GROUP BY known.customer_id;
COMMENT ON VIEW community_member IS
'One row per member up to as_of, of member or with a post: what they wrote.';

-- Communities that publish nothing but counts have them in community_count.
CREATE OR REPLACE VIEW community_size AS
SELECT size.counted_from,
       size.first_post_on,
       size.member_count,
       size.author_count,
       size.post_count,
       size.anonymous_post_count,
       size.question_count,
       size.answer_count,
       (size.post_count - size.anonymous_post_count)::double precision / nullif(size.member_count, 0)
           AS posts_per_member,
       size.post_count / nullif(size.span_days, 0) AS posts_per_day,
       size.span_days,
       crm_as_of() AS as_of
FROM (
    SELECT 'post' AS counted_from,
           min(posted_on) AS first_post_on,
           (SELECT count(*) FROM community_member) AS member_count,
           (SELECT count(*) FROM community_member WHERE post_count > 0) AS author_count,
           count(*) AS post_count,
           count(*) FILTER (WHERE customer_id IS NULL) AS anonymous_post_count,
           count(*) FILTER (WHERE post_role = 'question') AS question_count,
           count(*) FILTER (WHERE post_role = 'answer') AS answer_count,
           (extract(epoch FROM (SELECT ended_at FROM community_now) - min(posted_at)) / 86400)::double precision
               AS span_days
    FROM post_known
    HAVING count(*) > 0
    UNION ALL
    SELECT 'community_count',
           min(counted_on) FILTER (WHERE post_count IS NOT NULL),
           (array_agg(member_count ORDER BY counted_on DESC, member_count DESC)
                FILTER (WHERE member_count IS NOT NULL))[1],
           NULL,
           (array_agg(post_count ORDER BY counted_on DESC, post_count DESC) FILTER (WHERE post_count IS NOT NULL))[1],
           0, NULL, NULL,
           (max(counted_on) FILTER (WHERE post_count IS NOT NULL)
            - min(counted_on) FILTER (WHERE post_count IS NOT NULL))::double precision
    FROM community_count
    WHERE counted_on <= crm_as_of() AND isfinite(counted_on)
    HAVING count(*) > 0
) AS size;
COMMENT ON VIEW community_size IS
'One row per way of counting: members, posts, posts a member, posts a day.
counted_from post: by the posts, over the time from the first one to the end of as_of; posts without a known author are
left out of posts_per_member. counted_from community_count: by totals that were noted, over the days from the first to
the last count, which should start where there were no posts.';

CREATE OR REPLACE VIEW community_month AS
SELECT series.month_on::date AS month_on,
       crm_month_end(series.month_on::date) <= crm_over_on(:'time_zone') AS is_complete,
       crm_day_end(series.month_on::date - 1, :'time_zone') AS started_at,
       crm_day_end(crm_month_end(series.month_on::date), :'time_zone') AS ended_at,
       today.as_of
FROM community_now AS today
CROSS JOIN LATERAL (SELECT crm_month(greatest(min(posted_on), crm_oldest_month(today.as_of))) AS first_on FROM post
                    WHERE posted_at < (SELECT ended_at FROM community_now) AND posted_at <> '-infinity'
                    HAVING count(*) > 0) AS span
CROSS JOIN LATERAL generate_series(span.first_on::timestamp, today.as_of::timestamp, interval '1 month')
    AS series (month_on);
COMMENT ON VIEW community_month IS
'One row per month from the first post to as_of, from crm_oldest_month at the earliest.';

CREATE OR REPLACE VIEW milestone AS
SELECT numbered.member_number,
       numbered.first_post_at AS reached_at,
       (extract(epoch FROM numbered.first_post_at - numbered.start_at) / 86400)::double precision AS days_since_start,
       crm_as_of() AS as_of
FROM (
    SELECT row_number() OVER by_first AS member_number,
           first_post_at,
           min(first_post_at) OVER () AS start_at
    FROM community_member
    WHERE first_post_at IS NOT NULL
    WINDOW by_first AS (ORDER BY first_post_at, customer_id)
) AS numbered
JOIN (
    SELECT (digit * 10 ^ power)::bigint AS threshold
    FROM unnest('{1,2,3,5}'::integer[]) AS digit CROSS JOIN generate_series(0, 10) AS power
) AS step ON step.threshold = numbered.member_number;
COMMENT ON VIEW milestone IS
'One row per round number of authors: when that many had posted.
1, 2, 3 and 5 times the powers of ten; reached with the first post of the author of that number.';

CREATE OR REPLACE VIEW contributor_share AS
SELECT spread.measure,
       spread.member_count,
       spread.contributor_count,
       spread.contributor_count / nullif(spread.member_count, 0)::double precision AS contributor_share,
       spread.total_count,
       spread.gini,
       spread.top_1_count,
       CASE WHEN crm_is_shown(setting.min_cell, spread.top_1_count)
            THEN spread.top_1_sum / nullif(spread.total_count, 0)::double precision END AS top_1_share,
       CASE WHEN crm_is_shown(setting.min_cell, spread.top_1_count, spread.top_10_count - spread.top_1_count)
            THEN (spread.top_10_sum - spread.top_1_sum) / nullif(spread.total_count, 0)::double precision
            END AS next_9_share,
       CASE WHEN crm_is_shown(setting.min_cell, spread.top_10_count, spread.member_count - spread.top_10_count)
            THEN (spread.total_count - spread.top_10_sum) / nullif(spread.total_count, 0)::double precision
            END AS rest_share,
       crm_as_of() AS as_of
FROM (
    SELECT ranked.measure,
           max(ranked.n) AS member_count,
           count(*) FILTER (WHERE ranked.written > 0) AS contributor_count,
           sum(ranked.written)::bigint AS total_count,
           crm_gini(ranked.written) AS gini,
           ceil(max(ranked.n) * 0.01)::bigint AS top_1_count,
           ceil(max(ranked.n) * 0.1)::bigint AS top_10_count,
           sum(ranked.written) FILTER (WHERE ranked.place <= ceil(ranked.n * 0.01)) AS top_1_sum,
           sum(ranked.written) FILTER (WHERE ranked.place <= ceil(ranked.n * 0.1)) AS top_10_sum
    FROM (
        SELECT measured.measure, measured.written,
               row_number() OVER (PARTITION BY measured.measure ORDER BY measured.written DESC) AS place,
               count(*) OVER (PARTITION BY measured.measure) AS n
        FROM community_member
        CROSS JOIN LATERAL (VALUES ('posts', post_count), ('answers', answer_count)) AS measured (measure, written)
    ) AS ranked
    GROUP BY ranked.measure
) AS spread
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, spread.member_count);
COMMENT ON VIEW contributor_share IS
'One row per measure, posts or answers: how few write how much.
The top 1 % of members (rounded up), the next 9 % and the rest: the 1-9-90 rule (Nielsen 2006). Members are those of the
source member and all authors; without that source only authors are known, and the rest is not the silent 90 %. Shares
of fewer members than setting.min_cell are NULL.';

CREATE OR REPLACE VIEW top_helper AS
SELECT helper.customer_id,
       rank() OVER (ORDER BY helper.answer_count DESC, helper.accepted_count DESC) AS helper_rank,
       helper.answer_count,
       helper.accepted_count,
       helper.helped_count,
       helper.last_answer_on,
       crm_as_of() AS as_of
FROM (
    SELECT answer.customer_id,
           count(*) AS answer_count,
           count(*) FILTER (WHERE answer.is_accepted OR question.accepted_post_id = answer.post_id) AS accepted_count,
           count(DISTINCT question.customer_id) AS helped_count,
           max(answer.posted_on) AS last_answer_on
    FROM post_known AS answer
    JOIN post_known AS question ON question.post_id = answer.parent_id
    WHERE CASE answer.post_role WHEN 'answer' THEN true ELSE false END
      AND CASE question.post_role WHEN 'question' THEN true ELSE false END
      AND answer.customer_id IS NOT NULL
      AND answer.customer_id IS DISTINCT FROM question.customer_id
    GROUP BY answer.customer_id
) AS helper;
COMMENT ON VIEW top_helper IS
'One row per customer who answered others: how many answers, how good.
Answers to one''s own questions and those of staff do not count.';

CREATE OR REPLACE VIEW board_activity AS
SELECT board.board,
       board.post_count,
       board.question_count,
       board.author_count,
       board.recent_post_count,
       board.first_post_on,
       board.last_post_on,
       crm_as_of() AS as_of
FROM (
    SELECT board,
           count(*) AS post_count,
           count(*) FILTER (WHERE post_role = 'question') AS question_count,
           count(DISTINCT customer_id) AS author_count,
           coalesce(max(count(DISTINCT customer_id)) OVER (
                        ORDER BY count(DISTINCT customer_id), board
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller_count,
           count(*) FILTER (WHERE posted_on > as_of - 28) AS recent_post_count,
           min(posted_on) AS first_post_on,
           max(posted_on) AS last_post_on
    FROM post_known
    GROUP BY board
) AS board
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, board.author_count, board.smaller_count);
COMMENT ON VIEW board_activity IS
'One row per board: posts, questions, authors, and whether it is alive.
NULL is the board of posts that name none. Boards of fewer authors than setting.min_cell are hidden, and the next where
all smaller ones together are of fewer.';
