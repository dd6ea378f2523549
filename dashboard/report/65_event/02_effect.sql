-- needs: event_effect_by_kind
-- empty: No event has enough days behind it, or nobody to compare with.
WITH measured AS MATERIALIZED (
    SELECT coalesce(kind, 'all') || CASE WHEN is_executive_present THEN ', with executives' ELSE '' END AS kind,
           event_count, attendee_count, matched_count, raw_change, matched_change
    FROM event_effect_by_kind
    WHERE matched_change IS NOT NULL
), told AS (
    SELECT * FROM measured ORDER BY matched_count DESC, kind LIMIT 1
)
SELECT json_build_object(
    'title', format('Who came did %s more than their match', to_char(told.matched_change, 'SGFM999,990.00')),
    'subtitle', format('Change in activity from before to after an event, attendees less those who said no'
                       ' and were as active before; %s;'
                       ' n = %s matched', crm_as_of(), to_char(told.matched_count, 'FM999,999,990')),
    'sentence', 'An association, not an effect: people who come differ from those who do not.',
    'columns', json '[["kind", "Kind"], ["event_count", "Events", "#"], ["attendee_count", "Attendees", "#"],
                      ["matched_count", "matched", "#"],
                      ["raw_change", "Change", "0.00"], ["matched_change", "less that of the match", "0.00"]]',
    'rows', (SELECT json_agg(measured ORDER BY matched_count DESC, kind) FROM measured))
FROM told;
