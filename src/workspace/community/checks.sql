-- What is wrong with posts, ideas and releases.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('post', 'missing_author', 'info', 'Posts of neither a customer nor staff: perhaps of deleted accounts.',
 NULL, 'min(post_id)', $$FROM post WHERE customer_id IS NULL AND staff_id IS NULL$$),
('post', 'duplicate_id', 'error', 'Further posts under an id that another has.',
 'coalesce(sum(n - 1), 0)', 'min(key)',
 $$FROM (
     SELECT post_id AS key, count(*) AS n FROM post WHERE post_id IS NOT NULL GROUP BY post_id HAVING count(*) > 1
 ) AS duplicate$$),
('post', 'unknown_kind', 'warning',
 'Posts of a kind that post_kind does not know: they count as other; example: the kind.',
 NULL, 'min(kind)',
 $$FROM post WHERE kind IS NOT NULL AND lower(kind COLLATE "C") NOT IN (SELECT post_kind.kind FROM post_kind)$$),
('post', 'unknown_parent', 'warning', 'Answers to posts that are not there: they answer no question.',
 NULL, 'min(post_id)',
 $$FROM post AS reply
 WHERE parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM post WHERE post.post_id = reply.parent_id)$$),
('post', 'own_parent', 'error', 'Posts that are their own parent, or the parent of their parent.',
 NULL, 'min(reply.post_id)',
 $$FROM post AS reply
 LEFT JOIN post AS parent ON parent.post_id = reply.parent_id
 WHERE reply.parent_id = reply.post_id OR parent.parent_id = reply.post_id$$),
('post', 'parent_cycle', 'error',
 'Posts that answer each other in a circle, or answer one of these: they are in no tree.',
 NULL, 'min(post_id)',
 $$FROM (
     WITH node AS MATERIALIZED (
         SELECT post_id, min(parent_id) AS parent_id, row_number() OVER (ORDER BY post_id) AS node_number
         FROM post WHERE post_id IS NOT NULL GROUP BY post_id
     )
     SELECT node.post_id
     FROM (
         SELECT array_agg(parent.node_number::integer ORDER BY node.node_number) AS parents
         FROM node LEFT JOIN node AS parent ON parent.post_id = node.parent_id
     ) AS told
     CROSS JOIN LATERAL crm_forest(told.parents) AS tree
     JOIN node USING (node_number)
     WHERE tree.root_number IS NULL
 ) AS circling$$),
('post', 'before_question', 'warning', 'Answers dated before their question: no waiting time has them.',
 NULL, 'min(reply.post_id)',
 $$FROM post_known AS reply
 JOIN post_known AS question ON question.post_id = reply.parent_id AND question.post_role = 'question'
 WHERE reply.post_role = 'answer' AND reply.posted_at < question.posted_at$$),
('post', 'invalid_accepted', 'warning', 'Questions that accept a post which is no answer to them: they are not solved.',
 NULL, 'min(question.post_id)',
 $$FROM post_known AS question
 WHERE accepted_post_id IS NOT NULL AND post_role = 'question'
   AND NOT EXISTS (SELECT FROM post_known AS reply
                   WHERE reply.post_id = question.accepted_post_id AND reply.parent_id = question.post_id
                     AND reply.post_role = 'answer')
   -- An answer to come may have been accepted since.
   AND NOT EXISTS (SELECT FROM post AS later
                   WHERE later.post_id = question.accepted_post_id AND later.parent_id = question.post_id
                     AND later.posted_at >= (SELECT ended_at FROM community_now))$$),

('idea', 'missing_author', 'info', 'Ideas of neither a customer nor staff.',
 NULL, 'min(idea_id)', $$FROM idea WHERE customer_id IS NULL AND staff_id IS NULL$$),
('idea', 'missing_state', 'info', 'Ideas without a state: they are open.',
 NULL, 'min(idea_id)',
 $$FROM idea
 WHERE state IS NULL
   AND NOT EXISTS (SELECT FROM idea_state WHERE idea_state.idea_id = idea.idea_id AND idea_state.state IS NOT NULL)$$),

('idea', 'unknown_state', 'warning',
 'Ideas whose state idea_state_kind does not know: it means nothing; example: the state.',
 NULL, 'min(state)',
 $$FROM idea
 WHERE state IS NOT NULL AND lower(state COLLATE "C") NOT IN (SELECT idea_state_kind.state FROM idea_state_kind)$$),

('idea_state', 'unknown_idea', 'warning', 'States of ideas that are not there; example: the idea.',
 NULL, 'min(idea_id)',
 $$FROM idea_state WHERE NOT EXISTS (SELECT FROM idea WHERE idea.idea_id = idea_state.idea_id)$$),
('idea_state', 'unknown_state', 'warning',
 'States that idea_state_kind does not know: they mean nothing; example: the state.',
 NULL, 'min(state)',
 $$FROM idea_state WHERE lower(state COLLATE "C") NOT IN (SELECT idea_state_kind.state FROM idea_state_kind)$$),

('release', 'missing_plan', 'info', 'Releases without a first planned day: plan_adherence leaves them out.',
 NULL, 'min(release_id)', $$FROM release WHERE planned_on IS NULL AND released_on IS NOT NULL$$),
