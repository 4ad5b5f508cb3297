package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Consecutive entries of a symbol's tape as the venue has them.
 *
 * @param trades ascending
 * @param blanked ids that the venue has numbered and whose content it has withdrawn, ascending
 */
public record TradePage(List<Trade> trades, List<Long> blanked) {
    public TradePage {
        trades = List.copyOf(trades);
        blanked = List.copyOf(blanked);
    }

    public boolean isEmpty() {
        return trades.isEmpty() && blanked.isEmpty();
    }

    /**
     * The smallest id of both lists.
     *
     * @throws java.util.NoSuchElementException where the page is empty
     */
    public long firstId() {
        return ids().min().orElseThrow();
    }

    /**
     * The largest id of both lists.
     *
     * @throws java.util.NoSuchElementException where the page is empty
     */
    public long lastId() {
        return ids().max().orElseThrow();
    }

    private LongStream ids() {
        return LongStream.concat(
                trades.stream().mapToLong(Trade::id), blanked.stream().mapToLong(id -> id));
    }

    /**
     * @param fromId the smallest id that may occur
     * @param limit the most entries that were asked for
     * @param receivedTime epoch microseconds
     */
    static TradePage of(Answer answer, TapeKind kind, long fromId, int limit, long receivedTime) {
        boolean raw = kind == TapeKind.RAW;
        List<Answer> items = answer.items();
        if (items.size() > limit) {
            throw answer.notAsPromised("limit");
        }
        List<Trade> trades = new ArrayList<>(items.size());
        List<Long> blanked = new ArrayList<>();
        long expected = fromId; // or later: some ids may be missing
        for (Answer item : items) {
            long id = item.integer(raw ? "id" : "a");
            if (id < expected || id == Long.MAX_VALUE) {
                throw item.notAsPromised(raw ? "id" : "a");
            }
            expected = id + 1;
            long price = item.decimal(raw ? "price" : "p");
            long size = item.decimal(raw ? "qty" : "q");
            if ((price == 0 && size == 0) || (!raw && blanked(item))) {
                blanked.add(id);
                continue;
            }
            trades.add(
                    new Trade(
                            id,
                            item.positive(raw ? "price" : "p"),
                            item.positive(raw ? "qty" : "q"),
                            item.flag(raw ? "isBuyerMaker" : "m") ? Side.SELL : Side.BUY,
                            item.time(raw ? "time" : "T"),
                            receivedTime,
                            raw ? 1 : rawTrades(item)));
        }
        return new TradePage(trades, blanked);
    }

    /** The venue blanks aggregates that it finds to be duplicates, but keeps their numbers. */
    static boolean blanked(Answer aggregate) {
        return aggregate.integer("f") == -1 && aggregate.integer("l") == -1;
    }

    private static int rawTrades(Answer aggregate) {
        long first = aggregate.integer("f");
        long last = aggregate.integer("l");
        if (first < 0 || last < first || last - first >= Integer.MAX_VALUE) {
            throw aggregate.notAsPromised("l");
        }
        return (int) (last - first + 1);
    }
}
