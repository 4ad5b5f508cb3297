package io.tapekeeper.exchange.market;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * One minute of a symbol's tape: its raw trades, the aggregates they make, and the quotes between them. Immutable once
 * built. Trades of one aggregate share their time, so that none crosses a block's edge, and each block can be built
 * without its neighbours.
 */
public final class MinuteBlock {
    /** Length of a block, in microseconds. */
    public static final long MINUTE = 60_000_000L;

    private final long minute;
    private final RawTrade[] trades;
    private final long[] eventTimes;
    private final Aggregate[] aggregates;
    private final Quote[] quotes;

    private MinuteBlock(Builder from) {
        minute = from.minute;
        trades = from.trades.toArray(RawTrade[]::new);
        eventTimes = Arrays.copyOf(from.eventTimes, trades.length);
        quotes = from.quotes.toArray(Quote[]::new);
        aggregates = aggregate(trades, from.firstAggregateId);
    }

    private MinuteBlock(MinuteBlock from, long minute, RawTrade[] trades, long[] eventTimes, Aggregate[] all) {
        long later = (minute - from.minute) * MINUTE;
        this.minute = minute;
        this.trades = trades;
        this.eventTimes = eventTimes;
        aggregates = all;
        quotes = new Quote[from.quotes.length];
        int before = 0;
        int kept = 0;
        for (int i = 0; i < quotes.length; i++) {
            Quote quote = from.quotes[i];
            for (; before < quote.tradesBefore(); before++) {
                boolean isKept = kept < trades.length && trades[kept].id() == from.trades[before].id();
                kept += isKept ? 1 : 0;
            }
            quotes[i] = quote.moved(kept, later);
        }
    }

    /** A minute without events. */
    public static MinuteBlock empty(long minute) {
        return new Builder(minute, 0).build();
    }

    /**
     * This block moved to another minute, without some aggregates and their trades, and with some blanked.
     *
     * @param absent which aggregate ids to leave out; {@code blanked} likewise which to blank
     */
    public MinuteBlock altered(long toMinute, LongPredicate absent, LongPredicate blanked) {
        long later = (toMinute - minute) * MINUTE;
        List<RawTrade> keptTrades = new ArrayList<>();
        List<Aggregate> keptAggregates = new ArrayList<>();
        long[] times = new long[trades.length];
        int at = 0;
        for (Aggregate aggregate : aggregates) {
            boolean kept = !absent.test(aggregate.id());
            if (kept) {
                Aggregate moved = aggregate.moved(later);
                keptAggregates.add(blanked.test(aggregate.id()) ? moved.blanked() : moved);
            }
            for (; at < trades.length && trades[at].id() <= aggregate.last(); at++) {
                if (kept) {
                    times[keptTrades.size()] = eventTimes[at] + later;
                    keptTrades.add(trades[at].moved(later));
                }
            }
        }
        return new MinuteBlock(
                this,
                toMinute,
                keptTrades.toArray(RawTrade[]::new),
                Arrays.copyOf(times, keptTrades.size()),
                keptAggregates.toArray(Aggregate[]::new));
    }

    private static Aggregate[] aggregate(RawTrade[] trades, long firstId) {
        List<Aggregate> made = new ArrayList<>();
        for (int from = 0, to; from < trades.length; from = to) {
            RawTrade first = trades[from];
            long size = first.size();
            for (to = from + 1;
                    to < trades.length
                            && together(trades[to - 1], trades[to])
                            && trades[to].size() <= Long.MAX_VALUE - size; // else another begins
                    to++) {
                size += trades[to].size();
            }
            made.add(new Aggregate(
                    firstId + made.size(),
                    first.price(),
                    size,
                    first.id(),
                    trades[to - 1].id(),
                    first.time(),
                    first.buyerIsMaker()));
        }
        return made.toArray(Aggregate[]::new);
    }

    /** A gap in the ids ends an aggregate, for the missing trades may have differed. */
    private static boolean together(RawTrade a, RawTrade b) {
        return b.id() == a.id() + 1
                && b.time() == a.time()
                && b.price() == a.price()
                && b.buyerIsMaker() == a.buyerIsMaker();
    }

    /** Minutes since the epoch. */
    public long minute() {
        return minute;
    }

    public int trades() {
        return trades.length;
    }

    public RawTrade trade(int index) {
        return trades[index];
    }

    /** When the trade was sent, in microseconds on the tape's clock; never before its time. */
    public long eventTime(int index) {
        return eventTimes[index];
    }

    public int aggregates() {
        return aggregates.length;
    }

    public Aggregate aggregate(int index) {
        return aggregates[index];
    }

    /** Number of prints of a kind. */
    public int count(Print.Kind kind) {
        return kind == Print.Kind.RAW ? trades.length : aggregates.length;
    }

    public Print print(Print.Kind kind, int index) {
        return kind == Print.Kind.RAW ? trades[index] : aggregates[index];
    }

    public int quotes() {
        return quotes.length;
    }

    public Quote quote(int index) {
        return quotes[index];
    }

    /** The kline of trades {@code from} to before {@code to}. */
    public Kline kline(long closeBefore, int from, int to) {
        return Kline.of(trades, from, to, closeBefore);
    }

    /** Collects a block in the order of the tape; not thread-safe. */
    public static final class Builder {
        private final long minute;
        private final long firstAggregateId;
        private final List<RawTrade> trades = new ArrayList<>();
        private final List<Quote> quotes = new ArrayList<>();
        private long[] eventTimes = new long[64];

        public Builder(long minute, long firstAggregateId) {
            this.minute = minute;
            this.firstAggregateId = firstAggregateId;
        }

        public void add(RawTrade trade, long eventTime) {
            if (trades.size() == eventTimes.length) {
                eventTimes = Arrays.copyOf(eventTimes, 2 * eventTimes.length);
            }
            eventTimes[trades.size()] = eventTime;
            trades.add(trade);
        }

        /** Where the book stands now; ignored where it stands as before. */
        public void add(Quote quote) {
            if (quotes.isEmpty() || !quote.sameBook(quotes.getLast())) {
                quotes.add(quote.moved(trades.size(), 0));
            }
        }

        public MinuteBlock build() {
            return new MinuteBlock(this);
        }
    }
}
