package io.tapekeeper.tape;

/** What the entries of a tape are. */
public enum TapeKind {
    /** Aggregate trades: fills of one taker order at one time and price, numbered {@code a}. */
    AGGREGATE,
    /** Raw trades: one per match, numbered {@code t}. */
    RAW,
    /** Prices that were asked for at every boundary of an interval; there are no trades. */
    POLL;

    /** As flags, files and APIs print it. */
    public String label() {
        return switch (this) {
            case AGGREGATE -> "aggregate";
            case RAW -> "raw";
            case POLL -> "poll";
        };
    }

    /** @throws IllegalArgumentException for any other text */
    public static TapeKind parse(String label) {
        return switch (label) {
            case "aggregate" -> AGGREGATE;
            case "raw" -> RAW;
            case "poll" -> POLL;
            default -> throw new IllegalArgumentException("a tape is aggregate, raw or poll, not \"" + label + "\"");
        };
    }
}
