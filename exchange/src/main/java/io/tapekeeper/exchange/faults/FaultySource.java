package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.market.TapeSource;
import java.util.List;

/** A source whose tapes have been altered. */
record FaultySource(TapeSource source, List<FaultyTape> tapes) implements TapeSource {
    @Override
    public String kind() {
        return source.kind();
    }

    @Override
    public String detail() {
        return source.detail();
    }

    @Override
    public long startTime() {
        return source.startTime();
    }

    @Override
    public boolean waitsForSubscriber() {
        return source.waitsForSubscriber();
    }

    @Override
    public long resumesAfter(int tape) {
        return source.resumesAfter(tape);
    }

    @Override
    public void played(long tapeTime, long[] lastIds) {
        source.played(tapeTime, lastIds);
    }

    @Override
    public void close() {
        source.close();
    }
}
