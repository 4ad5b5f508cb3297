package io.tapekeeper.venue.binance;

/** Arithmetic on eight bytes at once, packed into a long with the first in the lowest byte. */
final class PackedBytes {
    private static final long ONES = 0x0101010101010101L; // in each of eight bytes
    private static final long SIXES = 6 * ONES;
    private static final long SPACES = ' ' * ONES;
    private static final long QUOTES = '"' * ONES;
    private static final long ZEROS = '0' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long DELETES = 0x7f * ONES;
    private static final long TOPS = 0x8080808080808080L;
    private static final long NIBBLES = 0xF0F0F0F0F0F0F0F0L;

    private PackedBytes() {}

    /** How many of these bytes, from the lowest on, are digits: 0x30 to 0x39. */
    static int countDigits(long eight) {
        long others = ((eight & NIBBLES) ^ ZEROS) | (((eight + SIXES) & NIBBLES) ^ ZEROS);
        return Long.numberOfTrailingZeros(others) >>> 3; // 8 where there are no others
    }

    /**
     * The number that eight digits make, the first in the lowest byte: in pairs, then fours, then all. Bytes of 0 below
     * them are digits too: that is how fewer than eight are read, moved to the top.
     */
    static long ofDigits(long eight) {
        long digits = eight & 0x0F0F0F0F0F0F0F0FL;
        long pairs = digits * 10 + (digits >>> 8); // in every other byte
        long low = (pairs & 0x000000FF000000FFL) * (100 + (1_000_000L << 32));
        long high = (pairs >>> 16 & 0x000000FF000000FFL) * (1 + (10_000L << 32));
        return (low + high) >>> 32;
    }

    /**
     * Marks, by its top bit, the first byte that cannot stand in a plain name: a quote, a backslash, a control
     * character, no ASCII. The lowest bit that is set is right; those above it may stem from a borrow.
     */
    static long endsOfName(long eight) {
        long others = ((eight - SPACES) | eight) & TOPS; // below a space, or no ASCII
        return others | zeros(eight ^ QUOTES) | zeros(eight ^ BACKSLASHES) | zeros(eight ^ DELETES);
    }

    /** The top bit of each byte that is 0; of those above the lowest one perhaps others too. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & TOPS;
    }
}
