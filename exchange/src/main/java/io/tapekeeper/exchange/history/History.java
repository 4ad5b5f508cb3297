package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Block;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.KlineInterval;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What of one symbol's tape has been played, for anyone to read. The player thread alone moves it
 * on; the readers see a consistent snapshot and never what has not been played yet.
 */
public final class History {
    private final SymbolTape tape;
    private volatile Played played;

    public History(SymbolTape tape, Played played) {
        this.tape = tape;
        this.played = played;
    }

    public Listing listing() {
        return tape.listing();
    }

    public Played played() {
        return played;
    }

    /** Called by the player thread alone. */
    public void moveOn(Played further) {
        played = further;
    }

    /** Id of the tape's first trade or aggregate, −1 where none has been played. */
    public long firstId(Kind kind) {
        List<Slice> first = from(kind, 0, 1);
        return first.isEmpty() ? -1 : kind.id(first.getFirst().block(), first.getFirst().from());
    }

    /** Id of the last one played, −1 where none has been. */
    public long lastId(Kind kind) {
        List<Slice> last = newest(kind, Long.MAX_VALUE, 1);
        return last.isEmpty() ? -1 : kind.id(last.getFirst().block(), last.getFirst().from());
    }

    /** Up to {@code limit} from {@code id}, included, on; from the first where the id is older. */
    public List<Slice> from(Kind kind, long id, int limit) {
        Played now = played;
        long minute = Math.max(kind.minute(tape, id), tape.firstMinute());
        if (minute > now.block().minute()) {
            return List.of();
        }
        Block block = tape.block(minute);
        int index = 0;
        while (index < kind.count(block) && kind.id(block, index) < id) {
            index++;
        }
        return forward(kind, now, minute, index, Long.MAX_VALUE, limit);
    }

    /**
     * Up to {@code limit} of times from {@code start} to {@code end}, both included, oldest first.
     */
    public List<Slice> between(Kind kind, long start, long end, int limit) {
        Played now = played;
        long minute = Math.max(Math.floorDiv(start, Block.MINUTE), tape.firstMinute());
        if (minute > now.block().minute()) {
            return List.of();
        }
        Block block = tape.block(minute);
        int index = 0;
        while (index < kind.count(block) && kind.time(block, index) < start) {
            index++;
        }
        return forward(kind, now, minute, index, end, limit);
    }

    private List<Slice> forward(
            Kind kind, Played now, long firstMinute, int firstIndex, long end, int limit) {
        List<Slice> slices = new ArrayList<>();
        long lastMinute = lastMinute(now, end);
        int wanted = limit;
        int from = firstIndex;
        for (long minute = firstMinute; minute <= lastMinute && wanted > 0; minute++) {
            Block block = blockOf(now, minute);
            int to = Math.min(visible(kind, now, block), from + wanted);
            while (to > from && kind.time(block, to - 1) > end) {
                to--;
            }
            if (to > from) {
                slices.add(new Slice(block, from, to));
                wanted -= to - from;
            }
            from = 0;
        }
        return slices;
    }

    /** The newest {@code limit} with times up to {@code end}, included; oldest first. */
    public List<Slice> newest(Kind kind, long end, int limit) {
        Played now = played;
        Deque<Slice> slices = new ArrayDeque<>();
        int wanted = limit;
        for (long minute = lastMinute(now, end);
                minute >= tape.firstMinute() && wanted > 0;
                minute--) {
            Block block = blockOf(now, minute);
            int to = visible(kind, now, block);
            while (to > 0 && kind.time(block, to - 1) > end) {
                to--;
            }
            int from = Math.max(0, to - wanted);
            if (to > from) {
                slices.addFirst(new Slice(block, from, to));
                wanted -= to - from;
            }
        }
        return List.copyOf(slices);
    }

    /** Minutes beyond the tape's last hold nothing, and there may be very many of them. */
    private long lastMinute(Played now, long end) {
        return Math.min(
                Math.min(now.block().minute(), tape.lastMinute()),
                Math.floorDiv(end, Block.MINUTE));
    }

    private Block blockOf(Played now, long minute) {
        return minute == now.block().minute() ? now.block() : tape.block(minute);
    }

    private static int visible(Kind kind, Played now, Block block) {
        return block.minute() == now.block().minute() ? kind.played(now) : kind.count(block);
    }

    private long firstTime() {
        return tape.block(tape.firstMinute()).trade(0).time();
    }

    /**
     * The klines from {@code start} (included; −1 for "none named") on whose open times lie at or
     * before {@code end}, at most {@code limit}: the oldest where a start is named, else the
     * newest. The last may be forming.
     *
     * @param now the tape's time up to which everything has been played
     */
    public List<TimedKline> klines(
            KlineInterval interval, long zone, long start, long end, int limit, long now) {
        if (played.last().isEmpty()) {
            return List.of();
        }
        long newest = interval.start(Math.min(end, now), zone);
        long first = interval.start(firstTime(), zone);
        if (start >= 0) {
            long aligned = interval.start(start, zone);
            first = Math.max(first, aligned < start ? interval.plus(aligned, 1, zone) : aligned);
        } else {
            first = Math.max(first, interval.plus(newest, 1L - limit, zone));
        }
        List<TimedKline> klines = new ArrayList<>();
        for (long open = first;
                open <= newest && klines.size() < limit;
                open = interval.plus(open, 1, zone)) {
            long next = interval.plus(open, 1, zone);
            klines.add(new TimedKline(open, next, kline(open, next)));
        }
        return klines;
    }

    /**
     * What has been played of {@code start} to before {@code end}, which lie on whole minutes or
     * within one minute, and not before the first trade's minute or second.
     */
    public Kline kline(long start, long end) {
        Played now = played;
        long minute = Math.floorDiv(start, Block.MINUTE);
        if (end - start < Block.MINUTE) {
            return within(now, minute, start, end);
        }
        minute = Math.max(minute, tape.firstMinute());
        Kline kline = Kline.empty(closeBefore(minute));
        long last = Math.min(Math.floorDiv(end - 1, Block.MINUTE), now.block().minute());
        for (; minute <= last; minute++) {
            kline = kline.plus(whole(now, minute));
        }
        return kline;
    }

    private Kline whole(Played now, long minute) {
        return minute < now.block().minute()
                ? tape.kline(minute)
                : now.block().kline(closeBefore(minute), 0, now.trades());
    }

    private Kline within(Played now, long minute, long start, long end) {
        Kline kline = Kline.empty(closeBefore(minute));
        if (minute > now.block().minute()) {
            return kline;
        }
        Block block = blockOf(now, minute);
        int visible = visible(Kind.RAW, now, block);
        int from = 0;
        while (from < visible && block.trade(from).time() < start) {
            from++;
        }
        int to = from;
        while (to < visible && block.trade(to).time() < end) {
            to++;
        }
        return block.kline(from > 0 ? block.trade(from - 1).price() : kline.close(), from, to);
    }

    private long closeBefore(long minute) {
        return minute > tape.firstMinute() ? tape.kline(minute - 1).close() : 0;
    }
}
