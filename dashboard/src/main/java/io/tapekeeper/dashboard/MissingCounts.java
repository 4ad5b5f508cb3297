package io.tapekeeper.dashboard;

import io.tapekeeper.store.History;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many trades of an open gap are not stored yet. A count reads all that have come, millions where a month is being
 * fetched, and the store changes several times a second: so a gap is counted again only after twenty times as long as
 * its last count took. Any thread may call.
 */
final class MissingCounts {
    private static final int SHARE = 20;
    private static final int MOST = 1_024; // gaps remembered; the oldest is forgotten, and counted again

    private record Key(TapeId tape, Gap gap) {}

    private record Counted(long missing, long restUntil) {} // monotonic, nanoseconds

    private final History history;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Counted> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Counted> eldest) {
            return size() > MOST;
        }
    };

    MissingCounts(History history) {
        this.history = history;
    }

    long of(TapeId tape, Gap gap) {
        Key key = new Key(tape, gap);
        lock.lock();
        try {
            Counted last = known.get(key);
            long began = System.nanoTime();
            if (last != null && began - last.restUntil() < 0) {
                return last.missing();
            }
            long missing = history.missing(tape, gap);
            long now = System.nanoTime();
            known.put(key, new Counted(missing, now + SHARE * (now - began)));
            return missing;
        } finally {
            lock.unlock();
        }
    }
}
