-- For a file that is of sample data alone: as data.sql, and skips the file without.
\ir data.sql
\if :has_data
\else
\echo 1..0 # SKIP ../shared/data is absent
\endif
