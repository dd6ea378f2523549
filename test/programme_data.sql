-- The programme over a survey of 2,700 voters, and one of 250 customers of telephone companies.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(10);
SET LOCAL client_min_messages = warning;
CREATE TABLE chile_survey (respondent_id integer, region text, population integer, sex text, age numeric,
    education text, income numeric, statusquo numeric, vote text);
\set chile :data/chile_survey.csv
COPY chile_survey FROM :'chile' (FORMAT csv, HEADER true);
CREATE TABLE ecsi_mobile (respondent_id integer, cuex1 integer, cuex2 integer, cuex3 integer, cusa1 integer,
    cusa2 integer, cusa3 integer, cusco integer,
    cusl1 integer, cusl2 integer, cusl3 integer, imag1 integer, imag2 integer, imag3 integer, imag4 integer,
        imag5 integer, perq1 integer, perq2 integer,
    perq3 integer, perq4 integer, perq5 integer, perq6 integer, perq7 integer, perv1 integer, perv2 integer);
\set ecsi :data/ecsi_mobile.csv
COPY ecsi_mobile FROM :'ecsi' (FORMAT csv, HEADER true);

SELECT crm_create_workspace('chile', $${
    "customer": {"from": "chile_survey", "customer_id": "respondent_id", "region": "region"},
    "survey": {"from": "chile_survey", "survey_id": "respondent_id", "kind": "'plebiscite'",
        "customer_id": "respondent_id"},
    "survey_answer": {"from": "chile_survey", "survey_id": "respondent_id", "customer_id": "respondent_id",
        "question": "'vote'", "answer": "vote"}
}$$);
-- V1
SELECT results_eq($$SELECT asked_count, substantive_count, dk_count, refused_count, na_count,
    round(dk_share::numeric, 10) FROM chile.survey_question$$,
    'VALUES (2700::bigint, 1757::bigint, 588::bigint, 187::bigint, 168::bigint, 0.2322274882)',
        'V1: what is an answer, and what is none');
SELECT results_eq($$SELECT answer_count, round(substantive_share::numeric, 10), round(substantive_low::numeric, 10),
    round(substantive_high::numeric, 10),
                           round(asked_share::numeric, 10) FROM chile.survey_option WHERE answer = 'yes'$$,
    'VALUES (868::bigint, 0.4940239044, 0.4706847843, 0.5173890994, 0.3214814815)',
        'V1: who said yes, of those who said yes or no, and of all');
SELECT results_eq($$SELECT coalesce(answer, ''), answer_count FROM chile.survey_option ORDER BY answer_count DESC$$,
    $$VALUES ('no', 889::bigint), ('yes', 868), ('undecided', 588), ('abstain', 187), ('', 168)$$, 'V1: counts');
-- V3
SELECT results_eq($$SELECT education, round(count(*) FILTER (WHERE code = 'dk') / count(*)
    FILTER (WHERE code <> 'na')::numeric, 10)
                    FROM chile.survey_reply JOIN chile_survey ON respondent_id = customer_id WHERE education <> ''
                    GROUP BY education ORDER BY education$$,
    $$VALUES ('P', 0.2857142857), ('PS', 0.1187214612), ('S', 0.2261450382)$$, 'V3: undecided by education');
SELECT is((SELECT count(*) FROM chile.survey_reply WHERE score IS NOT NULL), 0::bigint, 'codes are never scores');

-- One row per respondent becomes one per question by a view of the analyst's.
CREATE VIEW ecsi_answer AS
SELECT respondent_id, question, score FROM ecsi_mobile
CROSS JOIN LATERAL (VALUES ('overall', cusa1), ('fulfilled', cusa2), ('ideal', cusa3)) AS q (question, score);
SELECT crm_create_workspace('mobile', $${
    "survey": {"from": "ecsi_mobile", "survey_id": "respondent_id", "kind": "'satisfaction'",
        "customer_id": "respondent_id",
        "answered_at": "make_date(2000, 6, 1)", "scale_low": "1", "scale_high": "10"},
    "survey_answer": {"from": "ecsi_answer", "survey_id": "respondent_id", "customer_id": "respondent_id",
        "question": "question", "score": "score"}
}$$);
SET LOCAL crm_ext.as_of = '2000-06-30';
SELECT results_eq('SELECT answer_count, round(mean_score::numeric, 9), round(satisfied_share::numeric, 9)
    FROM mobile.csat_monthly',
    'SELECT count(*), round(avg((cusa1 + cusa2 + cusa3) / 3.0), 9),
        round(avg(((cusa1 + cusa2 + cusa3) / 3.0 >= 9)::integer), 9) FROM ecsi_mobile',
        'satisfaction is the mean of three questions');
SELECT results_eq('SELECT question, score_count, round(mean_score::numeric, 6) FROM mobile.survey_question
    ORDER BY question',
    $$VALUES ('fulfilled', 250::bigint, (SELECT round(avg(cusa2), 6) FROM ecsi_mobile)),
        ('ideal', 250, (SELECT round(avg(cusa3), 6) FROM ecsi_mobile)),
             ('overall', 250, (SELECT round(avg(cusa1), 6) FROM ecsi_mobile))$$, 'each question');

-- Expected and actual by two views more
CREATE VIEW ecsi_rating AS
SELECT respondent_id, touchpoint, level, score FROM ecsi_mobile
CROSS JOIN LATERAL (VALUES ('quality', 'expected', cuex1), ('quality', 'actual', perq1),
    ('services', 'expected', cuex2), ('services', 'actual', perq2)) AS r (touchpoint, level, score);
SELECT crm_change_sources('mobile',
    '{"rating": {"from": "ecsi_rating", "customer_id": "respondent_id", "touchpoint_id": "touchpoint", "level": "level",
    "score": "score", "rated_at": "make_date(2000, 6, 1)"}}');
SELECT results_eq($$SELECT node_id, pair_count, round(gap::numeric, 9) FROM mobile.gap_monthly
    WHERE level_name = 'touchpoint' ORDER BY node_id$$,
    $$VALUES ('quality', 250::bigint, (SELECT round(avg(perq1 - cuex1), 9) FROM ecsi_mobile)),
        ('services', 250, (SELECT round(avg(perq2 - cuex2), 9) FROM ecsi_mobile))$$, 'gaps by month');
SELECT results_eq($$SELECT level_name, node_id, round(index_value::numeric, 9) FROM mobile.experience_index_monthly
    WHERE level_name <> 'angle' ORDER BY level_order, node_id$$,
    $$SELECT level_name, node_id, round(index_value::numeric, 9) FROM mobile.experience_index
    ORDER BY level_order, node_id$$, 'the index of the only month is that of all');
SELECT is((SELECT count(*) FROM mobile.reconciliation WHERE difference <> 0), 0::bigint, 'reconciliation');
SELECT * FROM finish();
ROLLBACK;
\endif
