-- What is said of brands: how much, how it is meant, and when it suddenly grows.

CREATE OR REPLACE VIEW mention_known AS
SELECT mention.brand,
       coalesce(mention.is_own, false) AS is_own,
       mention.channel,
       mention.mentioned_at,
       mention.mentioned_on,
       known.meaning AS sentiment,
       coalesce(mention.mention_count, 1) AS mention_count,
       mention.mention_count IS NOT NULL AS is_count,
       crm_as_of() AS as_of
FROM mention
LEFT JOIN sentiment_kind AS known ON known.sentiment = lower(mention.sentiment COLLATE "C")
WHERE mention.brand IS NOT NULL AND mention.mentioned_on <= (SELECT crm_as_of())
  -- Beyond that sums do not fit.
  AND coalesce(mention.mention_count, 1) BETWEEN 0 AND 1000000000000;
COMMENT ON VIEW mention_known IS
'One row per mention, or count of mentions, up to as_of: what it is in the view''s own words.
sentiment: positive, neutral or negative, by sentiment_kind; NULL for a word that it does not know. Counts below 0 or
above 10^12 are left out.';

-- Periods of the clock where the workspace is. A period without a row is 0 of
-- single mentions, and not known of a brand whose rows are counts. An hour that
-- a change of clocks leaves out has never been.
CREATE OR REPLACE VIEW mention_period AS
SELECT counted.brand,
       counted.local_at,
       sum(counted.mention_count)::bigint AS mention_count,
       counted.local_at::date AS period_on,
       crm_as_of() AS as_of
FROM (
    SELECT mentioned.brand,
           greatest(date_trunc(setting.mention_period, mentioned.mentioned_at AT TIME ZONE :'time_zone'),
                    (SELECT crm_oldest_month(crm_as_of())::timestamp)) AS local_at,
           mentioned.mention_count
    FROM mention_known AS mentioned
    CROSS JOIN (SELECT mention_period FROM setting LIMIT 1) AS setting
    WHERE isfinite(mentioned.mentioned_at)
    UNION ALL
    SELECT span.brand, filled.local_at, 0
    FROM (
        SELECT mentioned.brand,
               greatest(min(date_trunc(setting.mention_period, mentioned.mentioned_at AT TIME ZONE :'time_zone')),
                        (SELECT crm_oldest_month(crm_as_of())::timestamp)) AS first_at,
               max(date_trunc(setting.mention_period, mentioned.mentioned_at AT TIME ZONE :'time_zone')) AS last_at,
               ('1 ' || min(setting.mention_period))::interval AS step
        FROM mention_known AS mentioned
        CROSS JOIN (SELECT mention_period FROM setting LIMIT 1) AS setting
        WHERE isfinite(mentioned.mentioned_at)
        GROUP BY mentioned.brand
        HAVING NOT bool_or(mentioned.is_count)
    ) AS span
    CROSS JOIN LATERAL generate_series(span.first_at, span.last_at, span.step) AS filled (local_at)
    WHERE filled.local_at AT TIME ZONE :'time_zone' AT TIME ZONE :'time_zone' = filled.local_at
) AS counted
GROUP BY counted.brand, counted.local_at;
COMMENT ON VIEW mention_period IS
'One row per brand and period, setting.mention_period, from its first mention to its last: how many.
local_at is the time of the clock where the workspace is. Of single mentions a period without any is 0; where rows are
counts a period without a row is not known, and is left out. Mentions from before crm_oldest_month are of its first
period.';

-- A period is over when its day is, or when there has been a later one.
CREATE OR REPLACE VIEW mention_surge AS
SELECT judged.brand,
       judged.local_at AT TIME ZONE :'time_zone' AS period_at,
       judged.period_on,
       judged.mention_count,
       cardinality(judged.baseline)::bigint AS baseline_count,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FROM unnest(judged.baseline) AS value)
           AS expected_count,
       surge.z,
       surge.p_value,
       surge.method,
       coalesce(surge.p_value < 0.0013498980 AND judged.mention_count >= 5, false) AS is_surge,
       judged.as_of
FROM (
    SELECT brand, local_at, period_on, mention_count, as_of,
           coalesce(array_agg(mention_count::double precision) OVER (
               PARTITION BY brand, extract(isodow FROM local_at), extract(hour FROM local_at) ORDER BY local_at
               RANGE BETWEEN interval '56 days' PRECEDING AND interval '7 days' PRECEDING), '{}') AS baseline,
           max(local_at) OVER () AS last_at
    FROM mention_period
) AS judged
CROSS JOIN LATERAL crm_surge(judged.mention_count, judged.baseline) AS surge
WHERE judged.period_on < judged.as_of OR judged.local_at < judged.last_at;
COMMENT ON VIEW mention_surge IS
'One row per brand and period that is over: is there more talk than usual?
Against the same weekday, or hour of the week, of the eight weeks before; fewer than four of these judge nothing. The
period in progress is left out: on the day as_of only hours count after which something came. is_surge: at least five
mentions, and by chance less than once in 740 periods. crm_alert writes surges into alert.';

CREATE OR REPLACE VIEW share_of_voice AS
WITH daily AS MATERIALIZED (
    SELECT brand,
           CASE WHEN isfinite(mentioned_on)
                THEN greatest(mentioned_on, (SELECT crm_oldest_month(crm_as_of()))) END AS mentioned_on,
           bool_or(is_own) AS is_own,
           sum(mention_count) AS mention_count
    FROM mention_known
    GROUP BY 1, 2
)
SELECT day.mentioned_on,
       brand.brand,
       brand.is_own,
       coalesce(counted.mention_count, 0)::bigint AS mention_count,
       day.total_count::bigint AS total_count,
       coalesce(counted.mention_count, 0) / nullif(day.total_count, 0)::double precision AS voice_share,
       day.mentioned_on <= crm_over_on(:'time_zone') AS is_complete,
       day.as_of
FROM (
    SELECT series.day_at::date AS mentioned_on, coalesce(total.mention_count, 0) AS total_count, span.as_of
    FROM (
        SELECT min(mentioned_on) AS first_on, max(mentioned_on) AS last_on, crm_as_of() AS as_of FROM daily
    ) AS span
    CROSS JOIN LATERAL generate_series(span.first_on::timestamp, span.last_on::timestamp, interval '1 day')
        AS series (day_at)
    LEFT JOIN (
        SELECT mentioned_on, sum(mention_count) AS mention_count FROM daily GROUP BY mentioned_on
    ) AS total ON total.mentioned_on = series.day_at::date
) AS day
CROSS JOIN (SELECT brand, bool_or(is_own) AS is_own FROM daily GROUP BY brand) AS brand
LEFT JOIN daily AS counted ON counted.brand = brand.brand AND counted.mentioned_on = day.mentioned_on;
COMMENT ON VIEW share_of_voice IS
'One row per day and brand, of all brands ever mentioned: its share of the mentions.
From the first mention of any to the last; a brand that was not mentioned has 0, a day without any mention NULL.
Mentions from before crm_oldest_month are of its first day. Shares of longer times are sum(mention_count) over that of
all brands.';

CREATE OR REPLACE VIEW net_sentiment AS
SELECT meant.brand,
       meant.is_own,
       meant.mention_count,
       meant.positive_count,
       meant.neutral_count,
       meant.negative_count,
       meant.mention_count - meant.positive_count - meant.neutral_count - meant.negative_count AS unknown_count,
       (meant.positive_count - meant.negative_count) / nullif(meant.mention_count, 0)::double precision AS net_total,
       (meant.positive_count - meant.negative_count)
           / nullif(meant.positive_count + meant.negative_count, 0)::double precision AS net_polar,
       meant.mention_count / nullif(sum(meant.mention_count) OVER (), 0)::double precision AS voice_share,
       crm_as_of() AS as_of
FROM (
    SELECT brand,
           bool_or(is_own) AS is_own,
           sum(mention_count)::bigint AS mention_count,
           coalesce(sum(mention_count) FILTER (WHERE sentiment = 'positive'), 0)::bigint AS positive_count,
           coalesce(sum(mention_count) FILTER (WHERE sentiment = 'neutral'), 0)::bigint AS neutral_count,
           coalesce(sum(mention_count) FILTER (WHERE sentiment = 'negative'), 0)::bigint AS negative_count
    FROM mention_known
    GROUP BY brand
) AS meant;
COMMENT ON VIEW net_sentiment IS
'One row per brand: how it is spoken of, by both denominators.
net_total is positive less negative of all mentions, net_polar of those that are either; from -1 to 1.';

CREATE OR REPLACE VIEW net_sentiment_monthly AS
SELECT meant.month_on,
       meant.brand,
       meant.is_own,
       meant.mention_count,
       meant.positive_count,
       meant.negative_count,
       (meant.positive_count - meant.negative_count) / nullif(meant.mention_count, 0)::double precision AS net_total,
       (meant.positive_count - meant.negative_count)
           / nullif(meant.positive_count + meant.negative_count, 0)::double precision AS net_polar,
       meant.mention_count / nullif(sum(meant.mention_count) OVER (PARTITION BY meant.month_on), 0)::double precision
           AS voice_share,
       crm_month_end(meant.month_on) <= crm_over_on(:'time_zone') AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT brand,
           crm_month(mentioned_on) AS month_on,
           bool_or(is_own) AS is_own,
           sum(mention_count)::bigint AS mention_count,
           coalesce(sum(mention_count) FILTER (WHERE sentiment = 'positive'), 0)::bigint AS positive_count,
           coalesce(sum(mention_count) FILTER (WHERE sentiment = 'negative'), 0)::bigint AS negative_count
    FROM mention_known
    WHERE isfinite(mentioned_on)
    GROUP BY 1, 2
) AS meant;
COMMENT ON VIEW net_sentiment_monthly IS
'One row per brand and month with a mention: how it was spoken of, by both denominators.
voice_share is of the brands mentioned in the month.';
