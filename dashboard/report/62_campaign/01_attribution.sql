-- needs: attribution attribution_markov
-- empty: No touch came before a conversion yet.
-- Of purchases, or else of the conversions of which there are most.
WITH kind AS (
    SELECT conversion_kind FROM attribution WHERE is_attributed
    GROUP BY conversion_kind ORDER BY conversion_kind = 'purchase' DESC, sum(linear_count) DESC NULLS LAST,
        conversion_kind LIMIT 1
), way AS MATERIALIZED (
    SELECT a.channel, a.touch_count, a.first_count, a.last_count, a.linear_count, m.conversion_count AS markov_count,
           a.linear_amount, sum(a.linear_count) OVER () AS all_count,
               row_number() OVER (ORDER BY a.linear_count DESC NULLS LAST, a.channel) AS nth
    FROM attribution AS a
    LEFT JOIN attribution_markov AS m ON m.conversion_kind = a.conversion_kind AND m.channel = a.channel
    WHERE a.is_attributed AND a.conversion_kind = (SELECT conversion_kind FROM kind)
), credit AS (
    SELECT way.channel, way.nth, r.name AS rule, r.counted
    FROM way
    CROSS JOIN LATERAL (VALUES ('first', first_count), ('last', last_count), ('linear', linear_count),
                               ('removal', markov_count)) AS r (name, counted)
    WHERE r.counted IS NOT NULL AND way.nth <= 12
), told AS (
    SELECT *, (SELECT conversion_kind FROM kind) AS conversion_kind FROM way WHERE linear_count > 0 ORDER BY nth LIMIT 1
)
SELECT json_build_object(
    'title', format('%s brings %s %% of what is credited', initcap(left(told.channel, 1)) || substr(told.channel, 2),
                    to_char(100 * told.linear_count / told.all_count, 'FM990')),
    'subtitle', format('Conversions (%s) credited to each channel by four rules; up to %s;'
                       '%s n = %s (conversions with a touch)',
                       told.conversion_kind, crm_as_of(),
                       (SELECT CASE WHEN count(*) > 12 THEN format(' 12 of %s channels;', count(*)) ELSE '' END
                        FROM way), to_char(told.all_count, 'FM999,999,999,990')),
    'sentence', 'The longer the line, the more the answer depends on the rule: first or last touch,'
                || ' an equal share for each, or what would be lost without the channel.'
                || ' None of them is proof: see what was held out.',
    'columns', json '[["channel", "Channel"], ["touch_count", "Touches", "#"], ["first_count", "First", "0.0"],
                      ["last_count", "Last", "0.0"],
                      ["linear_count", "Linear", "0.0"], ["markov_count", "Removal", "0.0"],
                      ["linear_amount", "Amount, linear", "#"]]',
    'extra', json_build_object('credit', (SELECT json_agg(credit ORDER BY nth, rule) FROM credit)),
    'rows', (SELECT json_agg(way ORDER BY nth) FROM way WHERE nth <= 12))
FROM told;
