#!/usr/bin/env bash
# Every view of a community of a million posts, and of events with a million
# replies: how long each takes, and all of them together.
#
#   bench/community.sh        POSTS=1000000 RUNS=3
#
# Against the server and database that the PG* variables name, which must have
# crm_ext; makes and drops a workspace bench_community over tables of its own.
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
runs=${RUNS:-3}

sql -v "posts=${POSTS:-1000000}" <<'SQL'
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS bench_community CASCADE;
DROP TABLE IF EXISTS bench_post, bench_reply;
SELECT setseed(0.5);
-- A fifth are questions; members write by a long tail, half of them posts with a title.
CREATE TABLE bench_post AS
SELECT i AS id, CASE WHEN i % 5 = 0 THEN 'question' ELSE 'answer' END AS kind,
       CASE WHEN i % 5 <> 0 THEN i - i % 5 END AS parent,
       (:posts / 20 * random() ^ 3)::integer AS author,
       timestamptz '2021-01-01' + (i + random() * 5000) * (interval '1095 days' / :posts) AS at,
       (i % 5 = 1 AND i % 3 = 0) AS accepted,
       'tag' || (200 * random() ^ 2)::integer AS tag,
       'how to ' || (ARRAY['charge', 'update', 'repair', 'sell', 'find'])[1 + (4 * random())::integer] || ' part '
           || (3000 * random() ^ 2)::integer AS title
FROM generate_series(5, :posts + 4) AS i;
CREATE TABLE bench_reply AS
SELECT 'e' || i / 50 AS event, (:posts / 20 * random() ^ 2)::integer AS member,
       CASE WHEN random() < 0.75 THEN 'yes' ELSE 'no' END AS answer,
       timestamptz '2021-01-01' + i * (interval '1095 days' / :posts) AS at
FROM generate_series(1, :posts) AS i;
SELECT crm_create_workspace('bench_community', '{
    "post": {"from": "bench_post", "post_id": "id::text", "parent_id": "parent::text", "customer_id": "author",
             "kind": "kind", "posted_at": "at", "is_accepted": "accepted", "tags": "tag", "title": "title"},
    "attendance": {"from": "bench_reply", "event_id": "event", "customer_id": "member", "response": "answer",
                   "replied_at": "at"}}', maintain => 'refresh');
ANALYZE;
SQL
export PGOPTIONS="${PGOPTIONS:-} -c crm_ext.as_of=2023-12-31"
for view in community_size community_health peer_help peer_help_monthly official_reply contributor_share \
    top_helper milestone board_activity tag_summary tag_trend term_shift topic_surge engagement stickiness \
    active_day_distribution \
    event_attendance event_summary event_effect event_effect_by_kind; do
    for ((i = 0; i < runs; i++)); do
        sql -c '\timing on' \
            -c "SELECT count(*) FROM (SELECT * FROM bench_community.$view OFFSET 0) AS v WHERE v::text IS NOT NULL" |
            sed -n 's/^Time: \([0-9.]*\).*/\1/p'
    done | sort -n | awk -v view="$view" '
        { v[NR] = $1 }
        END { printf "  %-28s %8.0f ms\n", view, v[int((NR + 1) / 2)] }'
done | tee /dev/stderr | awk '{ all += $2 } END { printf "  %-28s %8.0f ms\n", "all", all }'
sql -c 'SET client_min_messages = warning' -c 'DROP SCHEMA bench_community CASCADE' \
    -c 'DROP TABLE bench_post, bench_reply'
