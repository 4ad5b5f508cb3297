package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.history.Played;
import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;

/**
 * A tape whose venue has lost or blanked some of it, or has halted, or ended. Which ids are affected depends only on
 * the plan's seed and the id, so that each block is the same whenever it is built. The first aggregate never is: a tape
 * has to begin somewhere.
 */
final class FaultyTape implements SymbolTape {
    private final SymbolTape tape;
    private final List<Fault.Halt> halts;
    private final long lastMinute;
    private final LongPredicate blanked;
    private final LongPredicate absent;
    private final long firstId;

    /** Klines of minutes already requested: each costs building its trades. */
    private final Map<Long, Kline> klines = new ConcurrentHashMap<>();

    FaultyTape(SymbolTape tape, FaultPlan plan) {
        this.tape = tape;
        halts = plan.all(Fault.Halt.class).stream()
                .sorted(Comparator.comparingInt(Fault.Halt::afterMinutes))
                .toList();
        lastMinute = plan.all(Fault.End.class).stream()
                .mapToLong(end -> tape.firstMinute() + end.afterMinutes() - 1)
                .min()
                .orElse(Long.MAX_VALUE);
        firstId = tape.block(tape.firstMinute()).aggregate(0).id();
        blanked =
                id -> plan.all(Fault.Blank.class).stream().anyMatch(blank -> concerns(plan.seed(), id, blank.oneIn()));
        absent = id ->
                plan.all(Fault.VenueHoles.class).stream().anyMatch(hole -> concerns(~plan.seed(), id, hole.oneIn()));
    }

    /** The finalizer of MurmurHash3 spreads neighbouring ids over all values. */
    private boolean concerns(long seed, long id, int oneIn) {
        if (id == firstId) {
            return false;
        }
        long mixed = seed ^ (id * 0x9E3779B97F4A7C15L) ^ tape.listing().symbol().hashCode();
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return Long.remainderUnsigned(mixed ^ (mixed >>> 33), oneIn) == 0;
    }

    @Override
    public Listing listing() {
        return tape.listing();
    }

    @Override
    public long firstMinute() {
        return tape.firstMinute();
    }

    @Override
    public long lastMinute() {
        long last = tape.lastMinute();
        return Math.min(lastMinute, last == Long.MAX_VALUE ? last : delayed(last));
    }

    @Override
    public long eventfulFrom(long minute) {
        return halts.isEmpty() ? tape.eventfulFrom(minute) : minute;
    }

    @Override
    public long eventfulUpTo(long minute) {
        return halts.isEmpty() ? tape.eventfulUpTo(minute) : minute;
    }

    /** The minute in which a minute of the original tape comes, after the halts. */
    private long delayed(long minute) {
        long delayed = minute;
        for (Fault.Halt halt : halts) {
            if (delayed >= firstMinute() + halt.afterMinutes()) {
                delayed += halt.minutes();
            }
        }
        return delayed;
    }

    @Override
    public MinuteBlock block(long minute) {
        if (minute > lastMinute) {
            return MinuteBlock.empty(minute);
        }
        long inner = minute;
        for (Fault.Halt halt : halts) {
            long start = firstMinute() + halt.afterMinutes();
            if (minute >= start + halt.minutes()) {
                inner -= halt.minutes();
            } else if (minute >= start) {
                return MinuteBlock.empty(minute);
            }
        }
        return tape.block(inner).altered(minute, absent, blanked);
    }

    @Override
    public Kline kline(long minute) {
        return klines.computeIfAbsent(minute, any -> {
            long close = 0;
            for (long m = minute; m >= firstMinute(); m--) {
                MinuteBlock block = block(m);
                if (block.trades() > 0 && m == minute) {
                    return block.kline(0, 0, block.trades());
                }
                if (block.trades() > 0) {
                    close = block.trade(block.trades() - 1).price();
                    break;
                }
            }
            return Kline.empty(close);
        });
    }

    @Override
    public long minuteOf(Print.Kind kind, long id) {
        return delayed(tape.minuteOf(kind, id));
    }

    MissingIds missing(Played played) {
        List<Long> blankedIds = new ArrayList<>();
        List<Long> absentIds = new ArrayList<>();
        List<MissingIds.Range> absentTrades = new ArrayList<>();
        long lastId = played.last().map(RawTrade::id).orElse(-1L);
        long end = Math.min(lastMinute(), played.block().minute());
        for (long minute = tape.firstMinute();
                minute <= tape.lastMinute() && delayed(minute) <= end;
                minute = tape.eventfulFrom(minute + 1)) {
            MinuteBlock block = tape.block(minute);
            for (int i = 0; i < block.aggregates(); i++) {
                Aggregate aggregate = block.aggregate(i);
                if (aggregate.first() > lastId) {
                    break;
                }
                if (absent.test(aggregate.id())) {
                    absentIds.add(aggregate.id());
                    absentTrades.add(new MissingIds.Range(aggregate.first(), aggregate.last()));
                } else if (blanked.test(aggregate.id())) {
                    blankedIds.add(aggregate.id());
                }
            }
        }
        return new MissingIds(blankedIds, absentIds, absentTrades);
    }
}
