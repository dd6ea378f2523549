-- Posts as they were on as_of: what each one is, and which question it answers.

-- The end of the day as_of, where what is still open is cut off.
CREATE OR REPLACE VIEW community_now AS
SELECT (crm_as_of() + 1)::timestamp AT TIME ZONE :'time_zone' AS ended_at,
       crm_as_of() AS as_of;
COMMENT ON VIEW community_now IS
'One row: the day as_of, and the instant at which it ends.';

-- A word that is not in post_kind is told by its place: with a parent it answers.
CREATE OR REPLACE VIEW community_post AS
SELECT post.post_id,
       coalesce(post.thread_id, post.parent_id, post.post_id) AS thread_id,
       post.parent_id,
       post.board,
       post.kind,
       coalesce(known.role, CASE WHEN post.kind IS NOT NULL THEN 'other'
                                 WHEN post.parent_id IS NULL THEN 'question' ELSE 'answer' END) AS post_role,
       post.customer_id,
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
LEFT JOIN post_kind AS known ON known.kind = lower(post.kind)
WHERE post.posted_on <= (SELECT crm_as_of());
COMMENT ON VIEW community_post IS
'One row a post up to as_of: what it is in the view''s own words.
post_role: question, answer or other, by post_kind; without a kind a post that has a parent is an answer.';

CREATE OR REPLACE VIEW community_question AS
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
       question.as_of
FROM community_post AS question
LEFT JOIN (
    SELECT answer.parent_id,
           count(*) AS answer_count,
           count(*) FILTER (WHERE answer.is_peer) AS peer_answer_count,
           count(*) FILTER (WHERE answer.staff_id IS NOT NULL) AS official_answer_count,
           min(answer.posted_at) AS first_answer_at,
           min(answer.posted_at) FILTER (WHERE answer.is_peer) AS first_peer_answer_at,
           min(answer.posted_at) FILTER (WHERE answer.staff_id IS NOT NULL) AS first_official_answer_at
    FROM (
        SELECT reply.parent_id, reply.posted_at, reply.staff_id,
               reply.staff_id IS NULL AND coalesce(reply.customer_id <> asked.customer_id, true) AS is_peer
        FROM community_post AS reply
        JOIN community_post AS asked ON asked.post_id = reply.parent_id AND asked.post_role = 'question'
        WHERE reply.post_role = 'answer'
    ) AS answer
    GROUP BY answer.parent_id
) AS answered ON answered.parent_id = question.post_id
LEFT JOIN (
    -- The question may name the accepted answer, or the answer say that it is; the first counts.
    SELECT DISTINCT ON (named.question_id) named.question_id, named.post_id, named.customer_id, named.posted_at
    FROM (
        SELECT reply.parent_id AS question_id, reply.post_id, reply.customer_id, reply.posted_at
        FROM community_post AS reply
        WHERE reply.post_role = 'answer' AND reply.is_accepted
        UNION ALL
        SELECT asked.post_id, reply.post_id, reply.customer_id, reply.posted_at
        FROM community_post AS asked
        JOIN community_post AS reply ON reply.post_id = asked.accepted_post_id
        WHERE asked.accepted_post_id IS NOT NULL
    ) AS named
    ORDER BY named.question_id, named.posted_at, named.post_id
) AS accepted ON accepted.question_id = question.post_id
WHERE question.post_role = 'question';
COMMENT ON VIEW community_question IS
'One row a question up to as_of: who answered when, was it solved?
An answer is by a peer if neither the asker nor staff wrote it; an author unknown counts as another. Answers to answers
are none.';
