package io.tapekeeper.recorder.audit;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Compares the bars of a store with the venue's own klines. Open, high, low, close, volume and the number of trades
 * must be equal; so must the quote volume where one trade's price × size has no more decimals than the venue prints,
 * and elsewhere it may differ by the venue's rounding of each trade. Bars that are not complete are left out and
 * counted, and so are those of a time of which the venue has blanked trades, because its klines still count them.
 *
 * <p>Reads only; one thread. It asks the venue one question for a thousand bars.
 */
public final class KlineAudit {
    private static final int PAGE = 1_000;
    private static final int MOST_KEPT = 1_000;

    /** A bar's price times size has 16 decimals; the venue prints 8. */
    private static final BigInteger VENUE_UNIT = BigInteger.valueOf(Decimals.ONE);

    /**
     * A bar that is not the venue's.
     *
     * @param start epoch microseconds
     */
    public record Difference(long start, String what) {}

    private final History history;
    private final Series series;
    private final Interval interval;
    private final Venue venue;
    private final List<Gap> blanked;
    private final List<Difference> differences = new ArrayList<>();
    private final List<Bar> page = new ArrayList<>();
    private long equal;
    private long differing;
    private long incomplete;
    private long unknown;
    private int passed; // of the blanked ones: before the bar at hand

    /** @param blanked the gaps that the venue has blanked, ascending */
    public KlineAudit(History history, Series series, Interval interval, Venue venue, List<Gap> blanked) {
        this.history = history;
        this.series = series;
        this.interval = interval;
        this.venue = venue;
        this.blanked = blanked;
    }

    /**
     * Compares all bars of the store.
     *
     * @param progress gets the start of the last bar compared, epoch microseconds, now and then
     * @throws VenueException where the venue does not answer; what was compared before then stays
     */
    public void run(LongConsumer progress) {
        history.bars(series.tape(), interval, 0, Long.MAX_VALUE, stored -> {
            if (!stored.bar().complete() || hasBlanked(stored.bar())) {
                incomplete++;
                return;
            }
            boolean beyond =
                    !page.isEmpty() && stored.bar().start() - page.getFirst().start() >= PAGE * interval.micros();
            if (beyond) {
                compare(progress);
            }
            page.add(stored.bar());
        });
        compare(progress);
    }

    /** Whether the venue has blanked trades of this bar. To be asked for ascending bars. */
    private boolean hasBlanked(Bar bar) {
        while (passed < blanked.size() && blanked.get(passed).after() < bar.start()) {
            passed++;
        }
        return passed < blanked.size() && blanked.get(passed).before() < bar.start() + interval.micros();
    }

    private void compare(LongConsumer progress) {
        if (page.isEmpty()) {
            return;
        }
        Map<Long, Kline> klines = new HashMap<>();
        venue.klines(series.tape().symbol(), interval, page.getFirst().start(), PAGE, Priority.REPAIR)
                .forEach(kline -> klines.put(kline.openTime(), kline));
        for (Bar bar : page) {
            Kline kline = klines.get(bar.start());
            if (kline == null && bar.trades() == 0) {
                unknown++; // of a time without trades it may have none
                continue;
            }
            String what = kline == null
                    ? "trades %d, venue has no kline".formatted(bar.trades())
                    : difference(bar, kline, series.instrument());
            if (what.isEmpty()) {
                equal++;
            } else {
                differing++;
                if (differences.size() < MOST_KEPT) {
                    differences.add(new Difference(bar.start(), what));
                }
            }
        }
        progress.accept(page.getLast().start());
        page.clear();
    }

    /** What is not equal, ours and the venue's, in words; empty where all is. */
    static String difference(Bar bar, Kline kline, Instrument instrument) {
        List<String> found = new ArrayList<>();
        price(found, "open", bar.open(), kline.open());
        price(found, "high", bar.high(), kline.high());
        price(found, "low", bar.low(), kline.low());
        price(found, "close", bar.close(), kline.close());
        if (!bar.volume().equals(kline.volume())) {
            found.add("volume %s, venue %s"
                    .formatted(
                            bar.volume().format(Amount.SIZE_PLACES),
                            kline.volume().format(Amount.SIZE_PLACES)));
        }
        if (bar.trades() != kline.trades()) {
            found.add("trades %d, venue %d".formatted(bar.trades(), kline.trades()));
        }
        BigInteger ours = bar.quoteVolume().units();
        BigInteger venues = kline.quoteVolume().units();
        BigInteger rounding = isExact(instrument)
                ? BigInteger.ZERO
                : VENUE_UNIT.multiply(BigInteger.valueOf(Math.max(1, bar.trades())));
        if (ours.subtract(venues).abs().compareTo(rounding) > 0) {
            found.add("quote volume %s, venue %s"
                    .formatted(
                            bar.quoteVolume().format(Amount.QUOTE_PLACES),
                            kline.quoteVolume().format(Amount.QUOTE_PLACES)));
        }
        return String.join("; ", found);
    }

    /** Whether price step × size step is at least 1e-8, so that the venue rounds nothing. */
    private static boolean isExact(Instrument instrument) {
        return BigInteger.valueOf(instrument.priceStep())
                        .multiply(BigInteger.valueOf(instrument.sizeStep()))
                        .compareTo(VENUE_UNIT)
                >= 0;
    }

    private static void price(List<String> found, String name, long ours, long venues) {
        if (ours != venues) {
            found.add("%s %s, venue %s".formatted(name, Decimals.format(ours), Decimals.format(venues)));
        }
    }

    /** Bars that were compared with the venue's. */
    public long compared() {
        return equal + differing;
    }

    /** Those equal to the venue's. */
    public long equal() {
        return equal;
    }

    public long differing() {
        return differing;
    }

    /** Bars left out because they are not complete, here or at the venue. */
    public long incomplete() {
        return incomplete;
    }

    /** Bars without a trade of which the venue has no kline. */
    public long unknown() {
        return unknown;
    }

    /** The first ones that differ, ascending. */
    public List<Difference> differences() {
        return List.copyOf(differences);
    }

    /** A time as people read it, UTC; {@code micros} since the epoch. */
    public static String time(long micros) {
        return Instant.ofEpochMilli(micros / 1_000).toString();
    }
}
