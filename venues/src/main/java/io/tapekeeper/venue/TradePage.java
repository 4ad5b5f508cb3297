package io.tapekeeper.venue;

import io.tapekeeper.market.Trade;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Consecutive entries of a symbol's tape as the venue has them.
 *
 * @param trades ascending
 * @param blanked ids that the venue has numbered and whose content it has withdrawn, ascending
 * @param unusable ids of entries that can be no trade, such as one without a size, ascending
 */
public record TradePage(List<Trade> trades, List<Long> blanked, List<Long> unusable) {
    public TradePage {
        trades = List.copyOf(trades);
        blanked = List.copyOf(blanked);
        unusable = List.copyOf(unusable);
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** How many entries the venue gave. */
    public int size() {
        return trades.size() + blanked.size() + unusable.size();
    }

    /**
     * The smallest id of all lists.
     *
     * @throws java.util.NoSuchElementException where the page is empty
     */
    public long firstId() {
        return ids().min().orElseThrow();
    }

    /**
     * The largest id of all lists.
     *
     * @throws java.util.NoSuchElementException where the page is empty
     */
    public long lastId() {
        return ids().max().orElseThrow();
    }

    private LongStream ids() {
        return Stream.of(trades.stream().map(Trade::id), blanked.stream(), unusable.stream())
                .flatMap(each -> each)
                .mapToLong(id -> id);
    }
}
