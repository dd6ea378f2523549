-- Communities: which words tell one group of texts from another.

CREATE FUNCTION crm_log_odds(
    count_a double precision,
    total_a double precision,
    count_b double precision,
    total_b double precision,
    prior_count double precision,
    prior_total double precision,
    OUT log_odds double precision,
    OUT z double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_log_odds(double precision, double precision, double precision, double precision,
    double precision, double precision) IS
'How typical a word is of texts a against texts b: log-odds and z.
count_a of total_a words of a are this word, count_b of total_b of b. prior_count of prior_total: how often it is
expected, from a larger body of texts. log_odds is positive for words of a; z, log_odds over its standard deviation,
ranks words by it without favouring rare ones. A prior pooled from a and b themselves counts them twice: scale both
its numbers down, say to a total of 1,000, for what the texts alone say. NULLs for a prior of 0 or of nothing else,
for texts without words, for any NULL. Error 22023 for a count above its total, negative, NaN or infinite. Monroe,
Colaresi, Quinn 2008, equations 16 to 22.
Example: SELECT (crm_log_odds(659, 137629, 7, 26523, 832, 198237)).*.';
