package io.tapekeeper.tape;

/**
 * How many trades all sequencers together may hold back behind holes.
 *
 * <p>Not thread-safe: shared by the sequencers of one tape thread.
 */
public final class HoldLimit {
    private final int limit;
    private int held;

    /** @param limit most trades held back at once, over all instruments */
    public HoldLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("hold-back limit must be positive: " + limit);
        }
        this.limit = limit;
    }

    boolean full() {
        return held >= limit;
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
