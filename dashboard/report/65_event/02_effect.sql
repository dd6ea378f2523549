-- needs: event_effect_by_kind
-- empty: No event has enough days behind it, or nobody to compare with.
WITH measured AS MATERIALIZED (
    SELECT coalesce(kind, 'no kind') || CASE is_executive_present WHEN true THEN ', with executives'
                                                                   WHEN false THEN ', without' ELSE '' END AS kind,
           event_count, attendee_count, matched_count, raw_change, matched_change
    FROM event_effect_by_kind
    WHERE matched_change IS NOT NULL
), told AS (
    -- Of all kinds together, as the view takes it of all events of a kind.
    SELECT sum(matched_change * matched_count) / sum(matched_count) AS change, sum(matched_count) AS matched_count
    FROM measured
    HAVING sum(matched_count) > 0
)
SELECT json_build_object(
    'title', CASE WHEN round(told.change::numeric, 2) = 0 THEN 'Who came joined as many events as their match'
                  ELSE format('Who came joined %s %s events than their match',
                              to_char(abs(told.change), 'FM999,990.00'),
                              CASE WHEN told.change > 0 THEN 'more' ELSE 'fewer' END) END,
    'subtitle', format('Other events said yes to after an event less those before it: mean of the attendees less that'
                       ' of who said no and said yes to as many before; by kind of event; up to %s;'
                       ' n = %s (attendees with a match)', crm_as_of(), to_char(told.matched_count, 'FM999,999,990')),
    'sentence', 'An association, not an effect: people who come differ from those who do not.'
                || ' The title is of all kinds together.',
    'columns', json '[["kind", "Kind"], ["event_count", "Events", "#"], ["attendee_count", "Attendees", "#"],
                      ["matched_count", "matched", "#"],
                      ["raw_change", "Change", "0.00"], ["matched_change", "less that of the match", "0.00"]]',
    'rows', (SELECT json_agg(measured ORDER BY matched_count DESC, kind) FROM measured))
FROM told;
