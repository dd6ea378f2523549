-- Posts as they were on as_of: what each one is, and which question it answers.

-- The end of the day as_of, where what is still open is cut off.
CREATE OR REPLACE VIEW community_now AS
SELECT crm_day_end(crm_as_of(), :'time_zone') AS ended_at,
       crm_as_of() AS as_of;
COMMENT ON VIEW community_now IS
'One row: the day as_of, and the instant at which it ends.';

-- A word that is not in post_kind is told by its place: with a parent it answers.
-- Most words stand in posts as they do in post_kind; only others are folded to
-- lower case and looked up, which takes longer than all the rest of a scan.
CREATE OR REPLACE VIEW post_known AS
SELECT post.post_id,
       post.thread_id,
       post.parent_id,
       post.board,
       post.kind,
       CASE WHEN post.kind IS NULL THEN CASE WHEN post.parent_id IS NULL THEN 'question' ELSE 'answer' END
            WHEN post.kind = ANY (ARRAY(SELECT known.kind FROM post_kind AS known
                                        WHERE known.role = 'answer' AND known.kind = lower(known.kind COLLATE "C")))
            THEN 'answer'
            WHEN post.kind = ANY (ARRAY(SELECT known.kind FROM post_kind AS known
                                        WHERE known.role = 'question' AND known.kind = lower(known.kind COLLATE "C")))
            THEN 'question'
            ELSE coalesce((SELECT known.role FROM post_kind AS known WHERE known.kind = lower(post.kind COLLATE "C")),
                          'other')
            END AS post_role,
       -- What staff write is no customer's, though they may have an account as such.
       CASE WHEN post.staff_id IS NULL THEN post.customer_id END AS customer_id,
       post.staff_id,
       post.posted_at,
       post.posted_on,
       coalesce(post.is_accepted, false) AS is_accepted,
       post.accepted_post_id,
       post.tags,
       post.title,
       post.body,
       post.view_count,
       crm_as_of() AS as_of
FROM post
WHERE post.posted_at < (SELECT ended_at FROM community_now) AND post.posted_at <> '-infinity'
  -- Where clocks go back at midnight, the day ends at the first of two.
  AND post.posted_on <= (SELECT as_of FROM community_now);
COMMENT ON VIEW post_known IS
'One row per post up to as_of: what it is in the view''s own words.
post_role: question, answer or other, by post_kind; without a kind a post that has a parent is an answer. thread_id is
only what the source says. customer_id is NULL where staff wrote it. Posts without a day, or of -infinity, are left
out.';

-- Threads of posts that do not name one: that of the nearest post above which
-- names one, else of the first above, or of what that one answers and is gone.
-- Posts that go round in a circle have no first: each is its own.
CREATE OR REPLACE VIEW post_thread AS
WITH node AS MATERIALIZED (
    SELECT post_id, min(thread_id) AS thread_id, min(parent_id) AS parent_id,
           row_number() OVER (ORDER BY post_id COLLATE "C") AS node_number
    FROM post
    WHERE post_id IS NOT NULL AND posted_at < (SELECT ended_at FROM community_now)
      AND posted_on <= (SELECT as_of FROM community_now) AND posted_at <> '-infinity'
    GROUP BY post_id
)
SELECT node.post_id,
       min(coalesce(node.thread_id, root.thread_id, root.parent_id, root.post_id, node.post_id)) AS thread_id,
       crm_as_of() AS as_of
FROM (
    SELECT array_agg(CASE WHEN node.thread_id IS NULL THEN parent.node_number::integer END ORDER BY node.node_number)
               AS parents
    FROM node LEFT JOIN node AS parent ON parent.post_id = node.parent_id
) AS told
CROSS JOIN LATERAL crm_forest(told.parents) AS tree
JOIN node ON node.node_number = tree.node_number
LEFT JOIN node AS root ON root.node_number = tree.root_number
GROUP BY node.post_id;
COMMENT ON VIEW post_thread IS
'One row per post up to as_of: the thread that it belongs to.
Its own, or that of the post at the root of those that it answers; where that one answers a post that is not there, the
key of the latter.';

CREATE OR REPLACE VIEW community_post AS
SELECT known.post_id,
       coalesce(known.thread_id, thread.thread_id, known.parent_id) AS thread_id,
       known.parent_id,
       known.board,
       known.kind,
       known.post_role,
       known.customer_id,
       known.staff_id,
       known.posted_at,
       known.posted_on,
       known.is_accepted,
       known.accepted_post_id,
       known.tags,
       known.title,
       known.body,
       known.view_count,
       known.as_of
FROM post_known AS known
LEFT JOIN post_thread AS thread ON thread.post_id = known.post_id;
COMMENT ON VIEW community_post IS
'One row per post up to as_of: what it is in the view''s own words, and in which thread.
post_role: question, answer or other, by post_kind; without a kind a post that has a parent is an answer. thread_id: see
post_thread.';

-- Of a role the planner would think that next to no post has it; of a CASE it
-- thinks that half of them do.
CREATE OR REPLACE VIEW community_question AS
WITH asked AS MATERIALIZED (
    SELECT post_id, board, customer_id, staff_id, posted_at, posted_on, tags, view_count, accepted_post_id
    FROM post_known
    WHERE CASE post_role WHEN 'question' THEN true ELSE false END
)
SELECT question.post_id,
       question.board,
       question.customer_id,
       question.staff_id,
       question.posted_at,
       question.posted_on,
       question.tags,
       question.view_count,
       coalesce(answered.answer_count, 0) AS answer_count,
       coalesce(answered.peer_answer_count, 0) AS peer_answer_count,
       coalesce(answered.official_answer_count, 0) AS official_answer_count,
       answered.first_answer_at,
       answered.first_peer_answer_at,
       answered.first_official_answer_at,
       accepted.post_id IS NOT NULL AS is_solved,
       coalesce(accepted.customer_id = question.customer_id, false) AS is_self_accepted,
       accepted.posted_at AS accepted_answer_at,
       crm_as_of() AS as_of
FROM asked AS question
LEFT JOIN (
    SELECT answer.parent_id,
           count(*) AS answer_count,
           count(*) FILTER (WHERE answer.is_peer) AS peer_answer_count,
           count(answer.staff_id) AS official_answer_count,
           -- One dated before its question is the first only where there is no other.
           coalesce(min(answer.posted_at) FILTER (WHERE answer.is_after), min(answer.posted_at)) AS first_answer_at,
           coalesce(min(answer.posted_at) FILTER (WHERE answer.is_after AND answer.is_peer),
                    min(answer.posted_at) FILTER (WHERE answer.is_peer)) AS first_peer_answer_at,
           coalesce(min(answer.posted_at) FILTER (WHERE answer.is_after AND answer.staff_id IS NOT NULL),
                    min(answer.posted_at) FILTER (WHERE answer.staff_id IS NOT NULL)) AS first_official_answer_at
    FROM (
        SELECT reply.parent_id, reply.posted_at, reply.staff_id, reply.posted_at >= asked.posted_at AS is_after,
               reply.staff_id IS NULL AND coalesce(reply.customer_id <> asked.customer_id, true) AS is_peer
        FROM post_known AS reply
        JOIN asked ON asked.post_id = reply.parent_id
        WHERE CASE reply.post_role WHEN 'answer' THEN true ELSE false END
    ) AS answer
    GROUP BY answer.parent_id
) AS answered ON answered.parent_id = question.post_id
LEFT JOIN (
    -- The question may name the accepted answer, or the answer say that it is; the first counts.
    SELECT DISTINCT ON (named.question_id COLLATE "C")
           named.question_id, named.post_id, named.customer_id, named.posted_at
    FROM (
        SELECT reply.parent_id AS question_id, reply.post_id, reply.customer_id, reply.posted_at
        FROM post_known AS reply
        WHERE CASE reply.post_role WHEN 'answer' THEN true ELSE false END AND reply.is_accepted
        UNION ALL
        SELECT asked.post_id, reply.post_id, reply.customer_id, reply.posted_at
        FROM asked
        JOIN post_known AS reply ON reply.post_id = asked.accepted_post_id AND reply.parent_id = asked.post_id
        WHERE asked.accepted_post_id IS NOT NULL AND CASE reply.post_role WHEN 'answer' THEN true ELSE false END
    ) AS named
    ORDER BY named.question_id COLLATE "C", named.posted_at, named.post_id
) AS accepted ON accepted.question_id = question.post_id;
COMMENT ON VIEW community_question IS
'One row per question up to as_of: who answered when, was it solved?
An answer dated before its question counts as one, and is the first where there is no other, see data_quality.
An answer is by a peer if neither the asker nor staff wrote it; an author unknown counts as another. Answers to answers
are none.';
