package io.tapekeeper.pipeline;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.BarBuilder;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FeatureValues;
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
import java.util.EnumMap;
import java.util.Map;

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
    private static final int STATE_VERSION = 3;

    private final Instrument instrument;
    private final Interval interval;
    private final Preset preset;
    private final TapeListener out;
    private final BarBuilder bars;
    private final ClassicFeatures features;
    private final ClassicRules rules;
    private final Map<Rule, Alert> open = new EnumMap<>(Rule.class);
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
        features.update(interval.numberOf(bar.start()), Decimals.toDouble(bar.close()));
        FeatureValues values = features.values();
        Signal now = Signal.ofZScore(values.zScore(), preset.zSignal());
        int holding = rules.holding(features);
        boolean complete = bar.complete() && tainted == 0;
        out.row(new FeatureRow(bar, values, now, holding, complete));
        updateAlerts(bar, values, holding, complete);
        if (now != signal) {
            signal = now;
            out.signalChanged(new SignalChange(preset.label(), bar.end(), now, bar.close(), values.zScore()));
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

    private void updateAlerts(Bar bar, FeatureValues values, int holding, boolean complete) {
        for (Rule rule : Rule.values()) {
            boolean holds = (holding & rule.bit()) != 0;
            if (holds && complete && !open.containsKey(rule)) {
                Alert alert = new Alert(
                        rule,
                        bar.end(),
                        Alert.OPEN,
                        rules.value(rule, values),
                        rules.threshold(rule, values),
                        reason(rule, bar, values));
                open.put(rule, alert);
                out.alertOpened(alert);
            } else if (!holds && open.containsKey(rule)) {
                out.alertClosed(open.remove(rule).closedAt(bar.end()));
            }
        }
    }

    private String reason(Rule rule, Bar bar, FeatureValues values) {
        Interval window = new Interval(preset.window() * interval.micros());
        return switch (rule) {
            case Z_HIGH, Z_LOW ->
                "price "
                        + price(Decimals.toDouble(bar.close()))
                        + " is "
                        + Rounded.fixed(Math.abs(values.zScore()), 2)
                        + (rule == Rule.Z_HIGH ? " σ above its " : " σ below its ")
                        + window
                        + " mean of "
                        + price(values.mean())
                        + " (threshold "
                        + number(preset.zAlert())
                        + ")";
            case VOLATILITY_SPIKE ->
                "volatility "
                        + Rounded.scientific(values.volatility(), 2)
                        + " is "
                        + Rounded.fixed(values.volatility() / values.baseline(), 2)
                        + " times its mean of "
                        + Rounded.scientific(values.baseline(), 2)
                        + " over "
                        + new Interval(preset.baselineWindow() * interval.micros())
                        + " (threshold "
                        + number(preset.spikeFactor())
                        + " times)";
        };
    }

    private String price(double value) {
        return Rounded.grouped(value, instrument.pricePlaces());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
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
        state.writeInt(open.size());
        for (Alert alert : open.values()) {
            state.writeUTF(alert.rule().name());
            state.writeLong(alert.opened());
            state.writeDouble(alert.value());
            state.writeDouble(alert.threshold());
            state.writeUTF(alert.reason());
        }
    }

    /**
     * Continues exactly where {@link #save} was called, by an Analyst of the same preset and interval.
     *
     * @throws IOException where the state is of another version or cut short
     */
    void restore(DataInput state) throws IOException {
        int version = state.readInt();
        if (version != STATE_VERSION) {
            throw new IOException("analyst state of version " + version + " is unknown");
        }
        bars.restore(state);
        features.restore(state);
        signal = Signal.parse(state.readUTF());
        first = state.readBoolean();
        breakAfterNext = state.readBoolean();
        tainted = state.readInt();
        open.clear();
        for (int left = state.readInt(); left > 0; left--) {
            Rule rule = Rule.valueOf(state.readUTF());
            open.put(
                    rule,
                    new Alert(
                            rule,
                            state.readLong(),
                            Alert.OPEN,
                            state.readDouble(),
                            state.readDouble(),
                            state.readUTF()));
        }
    }
}
