/**
 * The store: one SQLite file that keeps every trade and what was derived from it, and reads it back in order.
 *
 * <p>Depends on the core only; the one place that knows SQL. {@link io.tapekeeper.store.Recorder} is the one writer of
 * a file, {@link io.tapekeeper.store.History} reads it, also beside a recorder in this or in another process,
 * {@link io.tapekeeper.store.CsvExport} prints what is read, {@link io.tapekeeper.store.StoreMaintenance} checks,
 * copies and sets aside whole files.
 *
 * <p><b>Where to look.</b> Writing: {@code Recorder} puts entries into {@code WriteQueue}, whose slots the thread of
 * {@code Writer} takes in batches; {@code TransactionWriter} commits a batch, with {@code TradeInserts},
 * {@code RowInserts} and {@code RollupWriter}, over the one {@code WriterConnection}; {@code Retention} deletes between
 * them. Reading: {@code History} asks over the one {@code ReaderConnection}, long stretches by {@code ChunkedQuery} and
 * {@code ReadAhead}. Both sides: {@code Selects}, {@code BarColumns}, {@code ColumnValues} (values into columns) and
 * {@code RowMapper} (columns into values). Files: {@code SqliteFile}, {@code Schema}, {@code WriterLock}.
 *
 * <p><b>The file.</b> Prices, sizes and their steps are integers in units of 1e-8, times epoch microseconds. Sums
 * (volumes) are 128-bit integers in the core and exact decimal text here: text holds every one of them, can be read in
 * any SQL shell and is a number to {@code sum()} and {@code cast()}, while two integer columns would be neither
 * readable nor wide enough. Statistics are REAL to the bit, except that NaN is NULL and negative zero becomes zero. A
 * trade takes about 41 bytes, because its time is stored as the difference from that of the first trade of its tape
 * ({@code tape.time_base}). {@code application_id} is "Tape" in ASCII.
 *
 * <p><b>Roll-ups.</b> Beside the rows of a series are those of six longer intervals
 * ({@link io.tapekeeper.store.RollupLevels}), each with the lowest and the highest of every value, written in the
 * transaction that writes the rows, so that a stretch of any length is read from at most 2,000 of them. They are a
 * function of the rows, and are made again wherever those are corrected or deleted.
 *
 * <p><b>Features of later versions.</b> A migration that adds a feature's column notes the series whose rows lack it;
 * the recorder computes it from the closes, beside what is recorded ({@link io.tapekeeper.store.FeatureFill}), which is
 * no correction of a row. Until then readers find no value there.
 *
 * <p><b>Trades are never changed.</b> No statement of this package updates one, and only
 * {@link io.tapekeeper.store.Recorder#forget} deletes, from the first one on; the key (tape, id) makes a trade that
 * comes again a no-op, whatever its content. What is deleted leaves room in the file for what comes, and the file does
 * not shrink; a copy ({@link io.tapekeeper.store.StoreMaintenance#backup}) is as small as its content.
 *
 * <p><b>What is on the disk is a prefix of what the recorder was given</b>, whenever the process or the power fails.
 * Commits are appended to a write-ahead log, each with a checksum that continues the one before, so a log that ends
 * early, or in noise, ends with a whole commit. Only what has been forced to the disk is folded from the log into the
 * file, and the file is forced before the log begins again. {@link io.tapekeeper.store.Durability} decides how late
 * that forcing may come.
 *
 * <p><b>The schema</b> is a series of numbered SQL scripts (resources {@code schema-1.sql} and on); {@code PRAGMA
 * user_version} is the number of them that a file has seen. That is all that a migration library would do for a single
 * file, without its share of the start-up time.
 *
 * <p><b>Beside the file</b> lie {@code -wal} and {@code -shm} while it is open, and {@code .lock}, which names the
 * process that records and is never removed: a lock file cannot be removed without a moment in which two processes hold
 * "the" lock.
 */
package io.tapekeeper.store;
