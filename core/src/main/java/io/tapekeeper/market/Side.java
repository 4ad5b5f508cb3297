package io.tapekeeper.market;

/** The side of the aggressor: who crossed the spread. */
public enum Side {
    BUY,
    SELL;

    /** As files and APIs print it: {@code buy} or {@code sell}. */
    public String label() {
        return this == BUY ? "buy" : "sell";
    }
}
