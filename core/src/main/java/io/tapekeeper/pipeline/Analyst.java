package io.tapekeeper.pipeline;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.BarBuilder;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.feature.FurtherFeatures;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * The computing part of a {@link Pipeline}: takes trades and gaps in tape order, and with each bar that closes reports
 * the row, the alerts that open or close with it and a change of the signal.
 *
 * <p>A pure function of tape and preset: reads no clock. O(1) for a trade. Not thread-safe: the pipeline's thread owns
 * it.
 */
final class Analyst {
    /**
     * Of the format and of the formulas: where rows come out with other bits than before, the next start computes all
     * of them again from the stored trades.
     */
    private static final int STATE_VERSION = 4;

    /** Of states without features beside the classic ones, which are all that they lack. */
    private static final int CLASSIC_STATE = 3;

    private final Instrument instrument;
    private final Interval interval;
    private final Preset preset;
    private final TapeListener out;
    private final BarBuilder bars;
    private final ClassicFeatures features;
    private final FurtherFeatures further = new FurtherFeatures();
    private final ClassicRules rules;
    private final Alert[] open = new Alert[ClassicRules.ALL.size()]; // of each rule, null = none
    private Signal signal = Signal.NEUTRAL;
    private boolean first = true;
    private boolean breakAfterNext; // the chain of closes breaks after the next bar that closes
    private int tainted; // rows still within reach of a gap

    /** @param interval of the bars; 1 s for a tape of trades */
    Analyst(Instrument instrument, Interval interval, Preset preset, TapeListener out) {
        this.instrument = instrument;
        this.interval = interval;
        this.preset = preset;
        this.out = out;
        bars = new BarBuilder(interval, this::bar);
        features = new ClassicFeatures(preset.window(), preset.baselineWindow(), interval.micros());
        rules = new ClassicRules(preset.zAlert(), preset.spikeFactor());
    }

    /** The next trade of the tape. */
    void trade(TradeView trade) {
        bars.add(trade);
    }

    /** Trades are missing between the last one and the next. */
    void gap(Gap gap) {
        // A gap inside one bar leaves every close as it was; one that spans bars leaves the close
        // of the first of them in doubt, so nothing is computed across it.
        breakAfterNext |= bars.closesAt(gap.after());
        bars.skipGap();
    }

    /** A bar that closed: from the trades of this tape, or polled. In order of time. */
    void bar(Bar bar) {
        boolean touchedByGap = !bar.complete() && !bar.carried() && !first;
        tainted = touchedByGap ? preset.reach() : Math.max(0, tainted - 1);
        long number = interval.numberOf(bar.start());
        double close = Decimals.toDouble(bar.close());
        features.update(number, close);
        further.update(number, close, !Double.isNaN(features.change()));
        FeatureValues values = values();
        Signal now = Signal.ofZScore(values.of(Feature.ZSCORE), preset.zSignal());
        int holding = rules.holding(features);
        boolean complete = bar.complete() && tainted == 0;
        out.row(new FeatureRow(bar, values, now, holding, complete));
        updateAlerts(bar, values, holding, complete);
        if (now != signal) {
            signal = now;
            out.signalChanged(new SignalChange(preset.label(), bar.end(), now, bar.close(), values.of(Feature.ZSCORE)));
        }
        first = false;
        if (breakAfterNext) {
            breakAfterNext = false;
            features.clear();
        }
    }

    /** Samples are missing between the last bar and the next (poll mode, while nothing ran). */
    void skipBars() {
        features.clear();
        tainted = preset.reach();
    }

    private FeatureValues values() {
        double[] values = new double[Feature.all().size()];
        features.values(values);
        further.values(values);
        return FeatureValues.of(values, further.areKnown());
    }

    /** Features beside the classic ones. */
    FurtherFeatures further() {
        return further;
    }

    private void updateAlerts(Bar bar, FeatureValues values, int holding, boolean complete) {
        for (int at = 0; at < open.length; at++) {
            Rule rule = ClassicRules.ALL.get(at);
            boolean holds = rule.isIn(holding);
            if (holds && complete && open[at] == null) {
                open[at] = Alert.opened(rule, bar.end(), occasion(bar, values));
                out.alertOpened(open[at]);
            } else if (!holds && open[at] != null) {
                Alert closed = open[at].closedAt(bar.end());
                open[at] = null;
                out.alertClosed(closed);
            }
        }
    }

    private Rule.Occasion occasion(Bar bar, FeatureValues values) {
        return new Rule.Occasion(
                Decimals.toDouble(bar.close()),
                instrument.pricePlaces(),
                features.mean(),
                values,
                new Interval(preset.window() * interval.micros()),
                new Interval(preset.baselineWindow() * interval.micros()),
                rules);
    }

    /** The bar that is still forming, or null before the first trade. */
    Bar forming() {
        return bars.forming();
    }

    /** Bars in the z-score's window, up to the preset's: how far the warm-up is. */
    int warm() {
        return features.warm();
    }

    /** Writes the exact state between two trades, for {@link #restore}. */
    void save(DataOutput state) throws IOException {
        state.writeInt(STATE_VERSION);
        bars.save(state);
        features.save(state);
        state.writeUTF(signal.label());
        state.writeBoolean(first);
        state.writeBoolean(breakAfterNext);
        state.writeInt(tainted);
        state.writeInt((int) Arrays.stream(open).filter(Objects::nonNull).count());
        for (Alert alert : open) {
            if (alert != null) {
                state.writeUTF(nameOf(alert.rule()));
                state.writeLong(alert.opened());
                state.writeDouble(alert.value());
                state.writeDouble(alert.threshold());
                state.writeUTF(alert.reason());
            }
        }
        further.save(state);
    }

    /**
     * Continues exactly where {@link #save} was called, by an Analyst of the same preset and interval.
     *
     * @throws IOException where the state is of another version or cut short
     */
    void restore(DataInput state) throws IOException {
        int version = state.readInt();
        if (version != STATE_VERSION && version != CLASSIC_STATE) {
            throw new IOException("analyst state of version " + version + " is unknown");
        }
        bars.restore(state);
        features.restore(state);
        signal = Signal.parse(state.readUTF());
        first = state.readBoolean();
        breakAfterNext = state.readBoolean();
        tainted = state.readInt();
        Arrays.fill(open, null);
        for (int left = state.readInt(); left > 0; left--) {
            Rule rule = ruleOf(state.readUTF());
            open[ClassicRules.ALL.indexOf(rule)] = new Alert(
                    rule, state.readLong(), Alert.OPEN, state.readDouble(), state.readDouble(), state.readUTF());
        }
        if (version == STATE_VERSION) {
            further.restore(state);
        } else {
            further.restoreNone();
        }
    }

    private static Rule ruleOf(String name) throws IOException {
        for (Rule rule : ClassicRules.ALL) {
            if (nameOf(rule).equals(name)) {
                return rule;
            }
        }
        throw new IOException("a state with an unknown rule: " + name);
    }

    /** As states name it: {@code Z_HIGH}. */
    private static String nameOf(Rule rule) {
        return rule.label().toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
