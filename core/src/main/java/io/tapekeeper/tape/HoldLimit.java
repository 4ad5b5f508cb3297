package io.tapekeeper.tape;

/**
 * How long a tape may wait at a gap, and how many trades all tapes together may hold back meanwhile.
 *
 * <p>Not thread-safe: shared by the sequencers of one tape thread.
 */
public final class HoldLimit {
    private final long nanos;
    private final int trades;
    private int held;

    /**
     * @param nanos how long to wait for missing trades before they are given up; 0 = not at all
     * @param trades most trades held back at once, over all instruments
     */
    public HoldLimit(long nanos, int trades) {
        if (trades < 1) {
            throw new IllegalArgumentException("hold-back limit must be positive: " + trades);
        }
        this.nanos = nanos;
        this.trades = trades;
    }

    /** Of a tape that is complete as far as it will ever be: it waits for nothing. */
    public static HoldLimit none() {
        return new HoldLimit(0, 1);
    }

    boolean isOver(long waitedNanos) {
        return waitedNanos >= nanos;
    }

    boolean full() {
        return held >= trades;
    }

    void take() {
        held++;
    }

    void giveBack() {
        held--;
    }

    /** Trades held back now. */
    public int held() {
        return held;
    }
}
