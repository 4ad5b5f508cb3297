package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** A seeded random walk that goes through a real pipeline, some trades a second. */
final class RandomTape {
    final Series series;
    private final Random random;
    private final Pipeline pipeline;
    private final long step;
    private double price;
    private double volatility = 4e-5;
    private long id = 3_735_680_000L;
    private long trades;

    RandomTape(String symbol, double price, long step, boolean simulated, long seed, TapeListener out) {
        Instrument instrument = new Instrument("binance", symbol, step, 1_000);
        series = new Series(
                new TapeId("binance", symbol, TapeKind.AGGREGATE, simulated), instrument, "classic", Interval.SECOND);
        random = new Random(seed);
        pipeline = new Pipeline(series, Preset.CLASSIC, out, HoldLimit.none());
        this.price = price;
        this.step = step;
    }

    /** One trade at {@code time}, epoch microseconds. */
    void trade(long time) {
        volatility *= Math.exp(0.05 * random.nextGaussian() - 0.01 * Math.log(volatility / 1.2e-5));
        double jump = random.nextDouble() < 0.001 ? 30 : 1;
        price *= 1 + volatility * jump * random.nextGaussian();
        long units = Math.max(step, Math.round(price * 1e8 / step) * step);
        long size = 1_000 + (long) (Math.abs(random.nextGaussian()) * 4e7);
        Side side = random.nextBoolean() ? Side.BUY : Side.SELL;
        pipeline.offer(new Trade(id++, units, size, side, time, time, 1), 0);
        trades++;
    }

    /** Trades are missing between the last one and the next. */
    void gap() {
        id += 100;
    }

    Bar forming() {
        return pipeline.forming();
    }

    long trades() {
        return trades;
    }

    int warm() {
        return pipeline.snapshot().warm();
    }

    /** Tells a live view and a store, as the tape thread would. */
    static final class Told implements TapeListener {
        private final LiveView view;
        private final RecordedStore store;
        private final Supplier<Series> series;
        private long withheldFrom = Long.MAX_VALUE;
        private long withheldTo;
        final List<FeatureRow> withheld = new ArrayList<>();
        boolean live;

        Told(LiveView view, RecordedStore store, Supplier<Series> series) {
            this.view = view;
            this.store = store;
            this.series = series;
        }

        /** Keeps rows whose bars start in [{@code from}, {@code to}) out of the store. */
        void withhold(long from, long to) {
            withheldFrom = from;
            withheldTo = to;
        }

        @Override
        public void row(FeatureRow row) {
            long start = row.bar().start();
            if (start >= withheldFrom && start < withheldTo) {
                withheld.add(row);
                return;
            }
            store.recorder().row(series.get(), row);
            if (live) {
                view.row(series.get(), row);
            }
        }

        @Override
        public void alertOpened(Alert alert) {
            store.recorder().alertOpened(series.get(), alert);
            if (live) {
                view.alertOpened(series.get(), alert);
            }
        }

        @Override
        public void alertClosed(Alert alert) {
            store.recorder().alertOpened(series.get(), alert);
            if (live) {
                view.alertClosed(series.get(), alert);
            }
        }

        @Override
        public void signalChanged(SignalChange change) {
            if (live) {
                view.signalChanged(series.get(), change);
            }
        }
    }
}
