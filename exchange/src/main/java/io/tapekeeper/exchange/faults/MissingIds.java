package io.tapekeeper.exchange.faults;

import java.util.List;

/**
 * Ids that a venue has skipped or blanked, as far as its tape has been played.
 *
 * @param blankedAggregates in REST without content, never on a stream
 * @param absentAggregates nowhere
 * @param absentTrades nowhere
 */
public record MissingIds(List<Long> blankedAggregates, List<Long> absentAggregates, List<Range> absentTrades) {
    static final MissingIds NONE = new MissingIds(List.of(), List.of(), List.of());

    /** Ids from the first to the last, both included. */
    public record Range(long first, long last) {}
}
