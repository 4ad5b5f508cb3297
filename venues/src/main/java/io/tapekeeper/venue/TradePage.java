package io.tapekeeper.venue;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.JsonAnswer;
import java.util.ArrayList;
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
    private static final System.Logger LOG = System.getLogger(TradePage.class.getName());

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

    /**
     * @param fromId the smallest id that may occur
     * @param limit the most entries that were asked for
     * @param receivedTime epoch microseconds
     * @throws VenueException BAD_ANSWER where it is no list of that many entries with ascending ids; an entry that is
     *     wrong otherwise costs only itself
     */
    public static TradePage of(JsonAnswer answer, TapeKind kind, long fromId, int limit, long receivedTime) {
        boolean raw = kind == TapeKind.RAW;
        List<JsonAnswer> items = answer.items();
        if (items.size() > limit) {
            throw answer.notAsPromised("limit");
        }
        List<Trade> trades = new ArrayList<>(items.size());
        List<Long> blanked = new ArrayList<>();
        List<Long> unusable = new ArrayList<>();
        long expected = fromId; // or later: some ids may be missing
        for (JsonAnswer item : items) {
            long id = id(item, raw ? "id" : "a", expected);
            expected = id + 1;
            try {
                if (withdrawn(item, raw)) {
                    blanked.add(id);
                } else {
                    trades.add(trade(item, id, raw, receivedTime));
                }
            } catch (VenueException e) { // what an Answer throws where a part is not as promised
                unusable.add(id);
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the entry with id {0} cannot be used: {1}",
                        Long.toString(id),
                        e.getMessage());
            }
        }
        return new TradePage(trades, blanked, unusable);
    }

    /**
     * The id of an entry, which has one after it.
     *
     * @throws VenueException BAD_ANSWER where it is smaller than what may come there
     */
    public static long id(JsonAnswer item, String field, long least) {
        long id = item.integer(field);
        if (id < least || id == Long.MAX_VALUE) {
            throw item.notAsPromised(field);
        }
        return id;
    }

    private static boolean withdrawn(JsonAnswer item, boolean raw) {
        long price = item.decimal(raw ? "price" : "p");
        long size = item.decimal(raw ? "qty" : "q");
        return (price == 0 && size == 0) || (!raw && blanked(item));
    }

    private static Trade trade(JsonAnswer item, long id, boolean raw, long receivedTime) {
        return new Trade(
                id,
                item.positive(raw ? "price" : "p"),
                item.positive(raw ? "qty" : "q"),
                item.flag(raw ? "isBuyerMaker" : "m") ? Side.SELL : Side.BUY,
                item.time(raw ? "time" : "T"),
                receivedTime,
                raw ? 1 : rawTrades(item));
    }

    /** The venue blanks aggregates that it finds to be duplicates, but keeps their numbers. */
    public static boolean blanked(JsonAnswer aggregate) {
        return aggregate.integer("f") == -1 && aggregate.integer("l") == -1;
    }

    private static int rawTrades(JsonAnswer aggregate) {
        long first = aggregate.integer("f");
        long last = aggregate.integer("l");
        if (first < 0 || last < first || last - first >= Integer.MAX_VALUE) {
            throw aggregate.notAsPromised("l");
        }
        return (int) (last - first + 1);
    }
}
