package io.tapekeeper.bar;

import io.tapekeeper.market.Amount;
import java.util.function.Consumer;

/**
 * Makes longer bars from shorter ones of the same tape, in order of time.
 *
 * <p>A longer bar is emitted with its last part, or when a part of a later one arrives. It is complete when every one
 * of its parts is there and complete.
 *
 * <p>O(1) a bar. Not thread-safe.
 */
public final class Rollup {
    private final Interval interval;
    private final Consumer<Bar> out;
    private Bar forming;
    private long parts;
    private Interval ofParts; // of the parts of the open bar

    /**
     * @param interval a multiple of the interval of the bars that will be added
     * @param out gets each longer bar as it closes
     */
    public Rollup(Interval interval, Consumer<Bar> out) {
        this.interval = interval;
        this.out = out;
    }

    /** @throws IllegalArgumentException where this interval is no multiple of the bar's */
    public void add(Bar part) {
        if (interval.micros() % part.interval().micros() != 0) {
            throw new IllegalArgumentException(
                    "%s bars cannot be made from %s bars".formatted(interval, part.interval()));
        }
        long start = interval.startOf(part.start());
        if (forming != null && forming.start() != start) {
            finish();
        }
        forming = forming == null ? widen(part, start) : join(forming, part);
        parts++;
        ofParts = part.interval();
        if (part.end() == start + interval.micros()) {
            finish();
        }
    }

    /** Emits the bar that is still open, if there is one; where parts lack it is not complete. */
    public void finish() {
        if (forming == null) {
            return;
        }
        boolean all = parts == interval.micros() / ofParts.micros();
        Bar whole = all ? forming : withComplete(forming, false);
        forming = null;
        parts = 0;
        out.accept(whole);
    }

    /** What has been gathered of the bar that is still open, or null. */
    public Bar forming() {
        return forming;
    }

    private Bar widen(Bar part, long start) {
        return new Bar(
                interval,
                start,
                part.open(),
                part.high(),
                part.low(),
                part.close(),
                part.volume(),
                part.quoteVolume(),
                part.trades(),
                part.takerBuyVolume(),
                part.complete(),
                part.carried());
    }

    /**
     * A second without trades only repeats an older close, so beside one with trades its prices do not count: the open
     * of a minute is the price of its first trade. While a repair is being written that older close may be another one
     * than it is by now. Polled bars never trade, so among them all prices count.
     */
    private static Bar join(Bar left, Bar right) {
        boolean rightAlone = left.trades() == 0 && right.trades() > 0;
        boolean leftAlone = left.trades() > 0 && right.trades() == 0;
        Amount takerBuy = left.takerBuyVolume().plus(right.takerBuyVolume());
        return new Bar(
                left.interval(),
                left.start(),
                rightAlone ? right.open() : left.open(),
                rightAlone ? right.high() : leftAlone ? left.high() : Math.max(left.high(), right.high()),
                rightAlone ? right.low() : leftAlone ? left.low() : Math.min(left.low(), right.low()),
                leftAlone ? left.close() : right.close(),
                left.volume().plus(right.volume()),
                left.quoteVolume().plus(right.quoteVolume()),
                left.trades() + right.trades(),
                takerBuy,
                left.complete() && right.complete(),
                left.carried() || right.carried());
    }

    private static Bar withComplete(Bar bar, boolean complete) {
        return new Bar(
                bar.interval(),
                bar.start(),
                bar.open(),
                bar.high(),
                bar.low(),
                bar.close(),
                bar.volume(),
                bar.quoteVolume(),
                bar.trades(),
                bar.takerBuyVolume(),
                complete,
                bar.carried());
    }
}
