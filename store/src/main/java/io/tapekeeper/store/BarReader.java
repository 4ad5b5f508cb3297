package io.tapekeeper.store;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.bar.Rollup;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Reads the closed bars of one tape, and makes those of intervals that are not stored. Any thread. */
final class BarReader {
    private static final ChunkedQuery<StoredBar> BARS = new ChunkedQuery<>(
            "SELECT " + RowMapper.BAR + " FROM bar WHERE tape = ? AND interval = ?",
            "start",
            RowMapper::bar,
            stored -> stored.bar().start());

    private final ReaderConnection store;
    private final long tape;

    /** @param tape its key; one that is not there has no bars */
    BarReader(ReaderConnection store, long tape) {
        this.store = store;
        this.tape = tape;
    }

    /** As {@link History#bars}. */
    void read(Interval interval, long from, long to, Consumer<StoredBar> out) {
        OptionalLong asked =
                store.number("SELECT max(interval) FROM bar WHERE tape = ? AND interval = ?", tape, interval.micros());
        OptionalLong shortest = store.number("SELECT min(interval) FROM bar WHERE tape = ?", tape);
        if (asked.isPresent()) {
            readStored(interval, from, to, out);
        } else if (shortest.isPresent()) {
            make(new Interval(shortest.getAsLong()), interval, from, to, out);
        }
    }

    private void readStored(Interval interval, long from, long to, Consumer<StoredBar> out) {
        BARS.read(store, from, to, out, tape, interval.micros());
    }

    private void make(Interval parts, Interval whole, long from, long to, Consumer<StoredBar> out) {
        if (whole.micros() % parts.micros() != 0) {
            throw new IllegalArgumentException(
                    "%s bars cannot be made from the %s bars of this tape".formatted(whole, parts));
        }
        long end = firstFrom(whole, to);
        Making making = new Making(whole, end, out);
        readStored(parts, firstFrom(whole, from), end, making::add);
        // The last one may lack its last part; then a part of a later bar shows that it is closed.
        String next = BARS.select() + " AND start >= ? ORDER BY start LIMIT 1";
        store.rows(next, RowMapper::bar, tape, parts.micros(), end).forEach(making::add);
    }

    /** The first start of a bar at or after {@code time}. */
    private static long firstFrom(Interval interval, long time) {
        long length = interval.micros();
        return interval.startOf(Math.min(time, Long.MAX_VALUE - length) + length - 1);
    }

    /** Rolls stored bars up and adds their revisions. */
    private static final class Making {
        private final Interval interval;
        private final long end;
        private final Consumer<StoredBar> out;
        private final Rollup rollup;
        private long start = Long.MIN_VALUE; // of the bar that the last part belongs to
        private int revision; // sum over its parts
        private int revisionBefore; // the same of the bar before it

        Making(Interval interval, long end, Consumer<StoredBar> out) {
            this.interval = interval;
            this.end = end;
            this.out = out;
            rollup = new Rollup(interval, this::made);
        }

        void add(StoredBar part) {
            long now = interval.startOf(part.bar().start());
            if (now != start) {
                start = now;
                revisionBefore = revision;
                revision = 0;
            }
            revision += part.revision();
            rollup.add(part.bar());
        }

        private void made(Bar bar) {
            if (bar.start() < end) {
                out.accept(new StoredBar(bar, bar.start() == start ? revision : revisionBefore));
            }
        }
    }
}
