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

    /** Whether the tape starts to move only with the first subscription, as a recording does. */
    boolean waitsForSubscriber();

    /** The last trade of {@code tapes().get(tape)} played before this start; −1 where none was. */
    long resumesAfter(int tape);

    /**
     * Takes note of how far the tapes have been played, before anybody is told. Called by the player thread for each
     * batch.
     *
     * @param lastIds per tape the id of the last trade played, −1 where none was
     */
    void played(long tapeTime, long[] lastIds);

    @Override
    void close();
}
