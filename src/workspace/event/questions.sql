-- question, view, query
('Who came to which event?', 'event_attendance',
 'SELECT event_id, held_at, yes_count, first_timer_count FROM crm.event_attendance ORDER BY held_at;'),
('What went with coming?', 'event_effect_by_kind', 'SELECT * FROM crm.event_effect_by_kind;'),
