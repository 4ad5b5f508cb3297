package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.KlineInterval;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * The part of one symbol's tape that has been played. Only the player thread moves it on; any thread may read, and sees
 * a consistent snapshot, never trades that have not been played yet.
 */
public final class History {
    private final SymbolTape tape;
    private final long kept;
    private final Predicate<Print> hidden;
    private volatile Played played;

    public History(SymbolTape tape, Played played) {
        this(tape, played, Long.MAX_VALUE, print -> false);
    }

    private History(SymbolTape tape, Played played, long kept, Predicate<Print> hidden) {
        this.tape = tape;
        this.played = played;
        this.kept = kept;
        this.hidden = hidden;
    }

    /**
     * The same tape as it looked at {@code then}, reduced to its newest prints.
     *
     * @param newest number of prints of each kind
     */
    public History seen(Played then, long newest) {
        return new History(tape, then, newest, hidden);
    }

    /** The same tape as it looks now without some prints; klines stay as they are. */
    public History without(Predicate<Print> missing) {
        return new History(tape, played, kept, hidden.or(missing));
    }

    /** The id of the oldest print, −1 if there is none. */
    public long oldest(Print.Kind kind) {
        return from(kind, 0, 1).stream().mapToLong(Print::id).findFirst().orElse(-1);
    }

    private long firstKept(Print.Kind kind) {
        return kept == Long.MAX_VALUE
                ? 0
                : newest(kind, Long.MAX_VALUE, 1).stream()
                        .mapToLong(print -> print.id() - kept + 1)
                        .findFirst()
                        .orElse(0);
    }

    public Listing listing() {
        return tape.listing();
    }

    public Played played() {
        return played;
    }

    /** For the player thread. */
    public void moveOn(Played further) {
        played = further;
    }

    /** Up to {@code limit} prints from {@code id} on, included; from the first if that is later. */
    public List<Print> from(Print.Kind kind, long id, int limit) {
        long from = Math.max(id, firstKept(kind));
        return forward(kind, tape.minuteOf(kind, from), Long.MAX_VALUE, limit, print -> print.id() >= from);
    }

    /** Up to {@code limit} prints with times from {@code start} to {@code end}, both included, oldest first. */
    public List<Print> between(Print.Kind kind, long start, long end, int limit) {
        long from = firstKept(kind);
        return forward(
                kind,
                Math.floorDiv(start, MinuteBlock.MINUTE),
                end,
                limit,
                print -> print.id() >= from && print.time() >= start);
    }

    private List<Print> forward(Print.Kind kind, long fromMinute, long end, int limit, Predicate<Print> wanted) {
        Played now = played;
        List<Print> found = new ArrayList<>();
        long last = lastMinute(now, end);
        for (long minute = tape.eventfulFrom(Math.max(fromMinute, tape.firstMinute()));
                minute <= last;
                minute = tape.eventfulFrom(minute + 1)) {
            MinuteBlock block = now.blockOf(tape, minute);
            int visible = now.visible(kind, block);
            for (int i = 0; i < visible; i++) {
                Print print = block.print(kind, i);
                if (found.size() == limit || print.time() > end) {
                    return found;
                }
                if (wanted.test(print) && !hidden.test(print)) {
                    found.add(print);
                }
            }
        }
        return found;
    }

    /** The newest {@code limit} prints with times up to {@code end}, included, oldest first. */
    public List<Print> newest(Print.Kind kind, long end, int limit) {
        Played now = played;
        int most = (int) Math.min(limit, kept);
        List<Print> found = new ArrayList<>();
        long first = tape.firstMinute();
        for (long minute = tape.eventfulUpTo(lastMinute(now, end));
                minute >= first && found.size() < most;
                minute = tape.eventfulUpTo(minute - 1)) {
            MinuteBlock block = now.blockOf(tape, minute);
            for (int i = now.visible(kind, block) - 1; i >= 0 && found.size() < most; i--) {
                Print print = block.print(kind, i);
                if (print.time() <= end && !hidden.test(print)) {
                    found.add(print);
                }
            }
        }
        Collections.reverse(found);
        return found;
    }

    /** Minutes after the tape's last are empty, and there may be very many of them. */
    private long lastMinute(Played now, long end) {
        return Math.min(Math.min(now.block().minute(), tape.lastMinute()), Math.floorDiv(end, MinuteBlock.MINUTE));
    }

    private long firstTime() {
        return tape.block(tape.firstMinute()).trade(0).time();
    }

    /**
     * The klines from {@code start} (included; −1 for "none named") on whose open times lie at or before {@code end},
     * at most {@code limit}: the oldest if a start is named, else the newest. The last may be forming.
     *
     * @param end at most the tape's time up to which everything has been played
     */
    public List<TimedKline> klines(KlineInterval interval, long zone, long start, long end, int limit) {
        if (played.last().isEmpty()) {
            return List.of();
        }
        long newest = interval.start(end, zone);
        long first = interval.start(firstTime(), zone);
        if (start >= 0) {
            long aligned = interval.start(start, zone);
            first = Math.max(first, aligned < start ? interval.plus(aligned, 1, zone) : aligned);
        } else {
            first = Math.max(first, interval.plus(newest, 1L - limit, zone));
        }
        List<TimedKline> klines = new ArrayList<>();
        for (long open = first; open <= newest && klines.size() < limit; open = interval.plus(open, 1, zone)) {
            long next = interval.plus(open, 1, zone);
            klines.add(new TimedKline(open, next, kline(open, next)));
        }
        return klines;
    }

    /**
     * The kline of what has been played from {@code start} to before {@code end}. Both lie on whole minutes or within
     * one minute, and not before the first trade's minute or second.
     */
    public Kline kline(long start, long end) {
        Played now = played;
        long minute = Math.floorDiv(start, MinuteBlock.MINUTE);
        if (end - start < MinuteBlock.MINUTE) {
            return within(now, minute, start, end);
        }
        minute = Math.max(minute, tape.firstMinute());
        Kline kline = Kline.empty(closeBefore(minute));
        long last =
                Math.min(Math.floorDiv(end - 1, MinuteBlock.MINUTE), now.block().minute());
        for (minute = tape.eventfulFrom(minute); minute <= last; minute = tape.eventfulFrom(minute + 1)) {
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
        MinuteBlock block = now.blockOf(tape, minute);
        int visible = now.visible(Print.Kind.RAW, block);
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
