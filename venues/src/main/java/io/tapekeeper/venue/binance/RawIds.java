package io.tapekeeper.venue.binance;

import java.util.List;

/**
 * Which raw trades the venue's aggregates say it has.
 *
 * @param named the ids among those asked for, as ranges, ascending and apart
 * @param knownTo about larger ids nothing is known, for no aggregate beyond was seen; −1 where none
 *     was
 */
public record RawIds(List<Range> named, long knownTo) {
    /**
     * @param first included
     * @param last included
     */
    public record Range(long first, long last) {}

    public RawIds {
        named = List.copyOf(named);
    }
}
