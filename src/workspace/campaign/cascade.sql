-- How posts were passed on: trees of touches by parent_id.

-- Touches under one number each, so that what is walked is narrow. Of several
-- touches of one key the earliest counts. Who likes, views or clicks passes nothing on.
CREATE OR REPLACE VIEW touch_node AS
SELECT numbered.node_number,
       numbered.touch_id,
       numbered.campaign_id,
       numbered.touched_at,
       numbered.touch_role,
       parent.node_number AS parent_number,
       numbered.parent_id IS NOT NULL AS has_parent_id,
       crm_as_of() AS as_of
FROM (
    SELECT row_number() OVER (ORDER BY touch_id) AS node_number, identified.*
    FROM (
        SELECT DISTINCT ON (touch_id) touch_id, parent_id, campaign_id, touched_at, touch_role
        FROM touch_known
        WHERE touch_id IS NOT NULL AND NOT is_holdout AND isfinite(touched_at)
          AND touch_role NOT IN ('like', 'view', 'click')
        ORDER BY touch_id, touched_at, parent_id, campaign_id
    ) AS identified
) AS numbered
LEFT JOIN (
    SELECT row_number() OVER (ORDER BY touch_id) AS node_number, touch_id
    FROM (
        SELECT DISTINCT touch_id
        FROM touch_known
        WHERE touch_id IS NOT NULL AND NOT is_holdout AND isfinite(touched_at)
          AND touch_role NOT IN ('like', 'view', 'click')
    ) AS identified
) AS parent ON parent.touch_id = numbered.parent_id;
COMMENT ON VIEW touch_node IS
'One row per touch with a key and a time that is finite, under a number: what it passes on.
The number is good for one query only. Likes, views and clicks, by touch_kind, pass nothing on and are left out.
parent_number is NULL where there is no parent, where it is not there by as_of, or left out.';

-- Structural virality is the mean distance of all pairs: a pair is apart by the
-- edges that have one of the two below and the other not, so its sum is that of
-- s (n - s) over the subtrees, s nodes each.
CREATE OR REPLACE VIEW cascade AS
WITH node AS MATERIALIZED (
    SELECT node_number, touch_id, campaign_id, touched_at, touch_role, parent_number, has_parent_id FROM touch_node
), placed AS MATERIALIZED (
    SELECT tree.root_number, tree.depth, tree.subtree_size, node.touched_at, node.parent_number
    FROM (SELECT array_agg(parent_number::integer ORDER BY node_number) AS parents FROM node) AS told
    CROSS JOIN LATERAL crm_forest(told.parents) AS tree
    JOIN node USING (node_number)
    WHERE tree.root_number IS NOT NULL
      AND (node.touch_role = 'post' OR node.has_parent_id OR tree.subtree_size > 1)
), size AS (
    SELECT root_number, sum(subtree_size::numeric * subtree_size) AS square_sum, sum(subtree_size::numeric) AS size_sum
    FROM placed
    WHERE depth > 0
    GROUP BY root_number
), breadth AS (
    SELECT root_number, max(node_count) AS breadth
    FROM (SELECT root_number, depth, count(*) AS node_count FROM placed GROUP BY 1, 2) AS level
    GROUP BY root_number
), child AS (
    SELECT root_number, max(child_count) AS max_child_count
    FROM (SELECT root_number, count(*) AS child_count FROM placed WHERE depth > 0 GROUP BY root_number,
          parent_number) AS counted
    GROUP BY root_number
), timed AS (
    SELECT placed.root_number,
           placed.depth,
           placed.touched_at,
           row_number() OVER (PARTITION BY placed.root_number, placed.depth = 0 ORDER BY placed.touched_at) AS place,
           count(*) OVER (PARTITION BY placed.root_number) AS n,
           min(placed.touched_at) FILTER (WHERE placed.depth = 0) OVER (PARTITION BY placed.root_number) AS started_at
    FROM placed
), pace AS (
    SELECT root_number,
           max(n) AS node_count,
           max(depth) AS depth,
           sum(depth)::double precision / max(n) AS mean_depth,
           min(started_at) AS started_at,
           extract(epoch FROM min(touched_at) FILTER (WHERE depth > 0 AND place = n / 2) - min(started_at))
               ::double precision AS half_seconds
    FROM timed
    GROUP BY root_number
), peak AS (
    SELECT root_number, max(reply_count) AS peak_hour_count
    FROM (
        SELECT root_number, floor(extract(epoch FROM touched_at - started_at) / 3600) AS hour_number,
               count(*) AS reply_count
        FROM timed WHERE depth > 0 GROUP BY 1, 2
    ) AS hourly
    GROUP BY root_number
)
SELECT root.touch_id AS root_id,
       root.campaign_id,
       pace.started_at,
       NOT root.has_parent_id AS is_root_known,
       pace.node_count,
       pace.depth,
       breadth.breadth,
       pace.mean_depth,
       (2 * (pace.node_count * size.size_sum - size.square_sum)
        / nullif(pace.node_count::numeric * (pace.node_count - 1), 0))::double precision AS structural_virality,
       coalesce(child.max_child_count, 0) AS max_child_count,
       pace.half_seconds,
       coalesce(peak.peak_hour_count, 0) AS peak_hour_count,
       crm_as_of() AS as_of
FROM pace
JOIN node AS root ON root.node_number = pace.root_number
JOIN breadth ON breadth.root_number = pace.root_number
LEFT JOIN size ON size.root_number = pace.root_number
LEFT JOIN child ON child.root_number = pace.root_number
LEFT JOIN peak ON peak.root_number = pace.root_number;
COMMENT ON VIEW cascade IS
'One row per cascade, a post and all that passes it on or answers it: how deep, how broad, how fast.
Of touches with a key; likes, views and clicks, by touch_kind, are none of its nodes. A touch whose parent is not known
by as_of, or is such a one, starts a cascade, and is_root_known is false; touches that pass each other on in a circle
are in none. structural_virality is the mean distance between two nodes (Goel, Anderson,
Hofman, Watts 2016): near 2 for a broadcast, more where it goes from hand to hand.';
