package io.tapekeeper.exchange.market;

import java.util.List;

/** Where the exchange's tapes come from. */
public interface TapeSource extends AutoCloseable {
    /** {@code synthetic} or {@code capture}. */
    String kind();

    /** The seed, or the names of the recordings. */
    String detail();

    List<? extends SymbolTape> tapes();

    /** Where the tape's clock starts, in microseconds since the epoch. */
    long startTime();

    /** Whether the tape starts only with the first subscription, as a recording does. */
    boolean waitsForSubscriber();

    /** The last trade of {@code tapes().get(tape)} played before this start; −1 if there was none. */
    long resumesAfter(int tape);

    /**
     * Records how far the tapes have been played, before subscribers receive it. The player thread calls it for each
     * batch.
     *
     * @param lastIds the id of the last trade played per tape, −1 if there was none
     */
    void played(long tapeTime, long[] lastIds);

    @Override
    void close();
}
