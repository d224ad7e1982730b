-- What a database holds, one line each: table, rows, and a sum over hashes of the rows that does not depend on their order.
-- The same settings on both sides, or the same value would be written in two ways.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 3;
SET search_path = pg_catalog;
SELECT format('SELECT %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM %I.%I t',
              'table ' || nspname || '.' || relname, nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relkind IN ('r', 'm') AND nspname <> 'information_schema' AND nspname !~ '^pg_'
 ORDER BY nspname, relname
\gexec
SELECT 'index ' || nspname, count(*), count(*) FILTER (WHERE indisvalid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
 GROUP BY nspname ORDER BY nspname;
-- Not their values: a sequence moves on whatever a snapshot says.
SELECT 'sequence ' || schemaname, count(*), 0 FROM pg_sequences GROUP BY schemaname ORDER BY schemaname;
