/**
 * Enters: dataset files and a tokenizer. Leaves: samples and padded token batches.
 *
 * <p>Rows are read as a stream and only as many as wanted are held; each knows its file and line,
 * so that whatever is wrong with it later can still be named. A line, a value or a table's row of
 * more than 16 MiB is refused, whatever a compressed file unpacks to. Samples are cut here, by
 * tokens, never by the tokenizer file's own settings.
 *
 * <p><b>Which rows.</b> Where a file has more rows than are wanted, {@code first} takes the first
 * and reads no further; {@code random} goes over the whole file and draws as many with equal
 * chances (a reservoir, seeded by the recipe's seed plus the file's place in the list), kept in the
 * order of the file. Rows without a token count as taken and are left out afterwards.
 *
 * <p><b>Parquet</b> is read by Apache's own parquet-java (Apache 2.0), the reference for the
 * format. The others that were weighed: DuckDB's JDBC driver (MIT) is one file of 85 MB of native
 * code, whose memory a hostile file could corrupt, and a SQL engine that can fetch extensions;
 * parquet-carpet is parquet-java with a layer on top that maps records, which nested rows of any
 * shape do not need, and it brings more of Hadoop; Hardwood needs Java 21. parquet-java's own
 * codecs are Hadoop's with native libraries; {@link org.fnprune.data.ParquetCodecs} replaces them,
 * so that all that runs is Java (aircompressor, Apache 2.0) and no page unpacks to more than a
 * limit. Of Hadoop there are two jars, for types that parquet-java's signatures name; none of it is
 * called, and nothing asks the network.
 */
@NullMarked
package org.fnprune.data;

import org.jspecify.annotations.NullMarked;
