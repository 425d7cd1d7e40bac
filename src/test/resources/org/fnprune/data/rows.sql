-- What the files rows-*.parquet were written from, by DuckDB 1.5.6.
create table rows as select
  'row ' || i as text, i::int as label, {'a': {'b': 'deep ' || i}, 'n': i * 1.5::double} as nested,
  ['x' || i, 'y', 'ü']::varchar[] as choices, {'text': ['p', 'q'], 'start': [i, i + 1]} as answers,
  [{'k': i}, {'k': i + 1}] as structs, map {'m': 'v' || i} as m,
  case when i % 4 = 3 then null else 'o' || i end as maybe, 'dotted ' || i as "a.b",
  (i / 4)::decimal(9, 2) as price, (i / 3)::decimal(30, 3) as dear, date '2020-02-28' + i::int as day,
  timestamp '2020-01-01 00:00:01.5' as local, timestamptz '2020-01-01 00:00:00+00' as instant,
  '\xff\x00'::blob as raw, i % 2 = 0 as yes, 18446744073709551615::ubigint as big,
  4294967295::uinteger as large, 0.1::float as small, -7::tinyint as tiny
  from range(6) t(i);
copy rows to 'rows-uncompressed.parquet' (format parquet, compression 'uncompressed');
copy rows to 'rows-snappy.parquet' (format parquet, compression 'snappy');
copy rows to 'rows-gzip.parquet' (format parquet, compression 'gzip');
copy rows to 'rows-zstd.parquet' (format parquet, compression 'zstd');
copy rows to 'rows-lz4_raw.parquet' (format parquet, compression 'lz4_raw');
copy rows to 'rows-brotli.parquet' (format parquet, compression 'brotli');
copy (select 'row ' || i as text from range(4100) t(i)) to 'groups.parquet' (format parquet, compression 'zstd', row_group_size 2048);
