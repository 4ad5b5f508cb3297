package io.tapekeeper.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineTest {
    private static final Instrument BTC = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);
    private static final Series SERIES = series(TapeKind.RAW);

    private static Series series(TapeKind kind) {
        return new Series(new TapeId("binance", "BTCUSDT", kind, true), BTC, Preset.CLASSIC.label(), Interval.SECOND);
    }

    /** Writes down what a pipeline reports. */
    private static final class Heard implements TapeListener {
        final List<Object> tape = new ArrayList<>(); // rows, alerts and signals in their order
        final List<Gap> gaps = new ArrayList<>();
        final List<PipelineState> states = new ArrayList<>();
        int conflicts;

        @Override
        public void row(FeatureRow row) {
            tape.add(row);
        }

        @Override
        public void alertOpened(Alert alert) {
            tape.add(alert);
        }

        @Override
        public void alertClosed(Alert alert) {
            tape.add(alert);
        }

        @Override
        public void signalChanged(SignalChange change) {
            tape.add(change);
        }

        @Override
        public void gap(Gap gap, GapCause cause) {
            gaps.add(gap);
        }

        @Override
        public void conflict(Trade first, TradeView other) {
            conflicts++;
        }

        @Override
        public void stateDue(Supplier<PipelineState> due) {
            states.add(due.get());
        }

        List<FeatureRow> rows() {
            return tape.stream()
                    .filter(FeatureRow.class::isInstance)
                    .map(FeatureRow.class::cast)
                    .toList();
        }
    }

    private static Pipeline pipeline(TapeListener listener) {
        return new Pipeline(SERIES, Preset.CLASSIC, listener, HoldLimit.none());
    }

    private static Trade trade(long id, double price, long time) {
        return new Trade(id, Math.round(price * 100) * 1_000_000, 100_000 + id % 7, Side.BUY, time, time, 1);
    }

    /** What a venue may deliver: ids that are missing, trades that come again, some of them with other content. */
    private static List<Trade> delivered(long seed, int trades) {
        Random random = new Random(seed);
        List<Trade> all = new ArrayList<>();
        double price = 61_000;
        long time = 1_700_000_000_000_000L + random.nextInt(1_000_000);
        long id = random.nextInt(1_000);
        for (int n = 0; n < trades; n++) {
            price += random.nextGaussian() * (random.nextInt(200) == 0 ? 50 : 0.3);
            time += random.nextInt(500_000);
            id += random.nextInt(400) == 0 ? 1 + random.nextInt(20) : 1;
            all.add(trade(id, price, time));
            if (random.nextInt(20) == 0) { // again, up to 50 trades late
                Trade again = all.get(Math.max(0, all.size() - 1 - random.nextInt(50)));
                all.add(random.nextBoolean() ? again : trade(again.id(), price + 1_000, time));
            }
        }
        return all;
    }

    private static Heard run(List<Trade> trades) {
        Heard heard = new Heard();
        Pipeline pipeline = pipeline(heard);
        trades.forEach(trade -> pipeline.offer(trade, 0));
        return heard;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void savedAndRestoredBetweenAnyTwoTradesItReportsTheSameToTheBit(long seed) {
        List<Trade> delivered = delivered(seed, 4_000);
        Heard whole = run(delivered);
        assertTrue(whole.gaps.size() > 3 && whole.conflicts > 20, "seed " + seed);
        assertTrue(whole.tape.stream().anyMatch(Alert.class::isInstance), "seed " + seed + " opens no alert");
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            Heard parts = new Heard();
            Pipeline current = pipeline(parts);
            for (Trade trade : delivered) {
                if (random.nextInt(round * round + 1) == 0) { // in the first round before each trade
                    Pipeline next = pipeline(parts);
                    assertTrue(next.restore(current.state()));
                    current = next;
                }
                current.offer(trade, 0);
            }
            assertEquals(whole.tape, parts.tape, "seed %d, round %d".formatted(seed, round));
            assertEquals(whole.gaps, parts.gaps, "seed %d, round %d".formatted(seed, round));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void reportsWhatTheFirstOfEachIdInOrderGiveWhenTheyAreComputedFromScratch(long seed) {
        List<Trade> delivered = delivered(seed, 4_000);
        TreeMap<Long, Trade> firsts = new TreeMap<>();
        delivered.forEach(trade -> firsts.putIfAbsent(trade.id(), trade));
        Heard scratch = new Heard();
        Analyst analyst = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, scratch);
        Trade before = null;
        for (Trade trade : firsts.values()) {
            if (before != null && trade.id() > before.id() + 1) {
                analyst.gap(new Gap(before.id() + 1, trade.id() - 1, before.venueTime(), trade.venueTime()));
            }
            analyst.trade(trade);
            before = trade;
        }
        assertEquals(scratch.tape, run(delivered).tape, "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withAnAdoptedStateItGoesOnAsIfNothingHadEverBeenMissing(long seed) {
        List<Trade> tape =
                List.copyOf(delivered(seed, 3_000).stream().distinct().toList());
        Heard whole = run(tape);
        Random random = new Random(seed);
        int gap = 200 + random.nextInt(500);
        int adopted = gap + 20 + random.nextInt(1_500);
        Heard heard = new Heard();
        Pipeline live = pipeline(heard);
        Pipeline corrected = pipeline(new TapeListener() {});
        for (int at = 0; at < tape.size(); at++) {
            if (at < gap || at >= gap + 10) {
                live.offer(tape.get(at), 0);
            }
            if (at < adopted) {
                corrected.offer(tape.get(at), 0);
            }
            if (at == adopted - 1) {
                live.adopt(corrected.state());
                heard.tape.clear();
            }
        }
        List<Object> after = whole.tape.subList(whole.tape.size() - heard.tape.size(), whole.tape.size());
        assertEquals(after, heard.tape, "seed %d, gap at %d, adopted at %d".formatted(seed, gap, adopted));
        assertFalse(after.isEmpty());
    }

    @Test
    void refusesTheStateOfATapeThatHasComeToAnotherTrade() {
        Pipeline live = pipeline(new TapeListener() {});
        Pipeline corrected = pipeline(new TapeListener() {});
        live.offer(trade(1, 100, 1_000_000), 0);
        live.offer(trade(2, 100, 2_000_000), 0);
        corrected.offer(trade(1, 100, 1_000_000), 0);
        assertThrows(IllegalStateException.class, () -> live.adopt(corrected.state()));
    }

    @Test
    void aStateOfAnotherVersionLeavesItAsNew() {
        List<Trade> tape = delivered(7, 500);
        Heard whole = run(tape);
        Pipeline saved = pipeline(new TapeListener() {});
        tape.forEach(trade -> saved.offer(trade, 0));
        PipelineState state = saved.state();
        state.bytes()[19]++; // the last byte of the version, after the tape's id and time
        Heard heard = new Heard();
        Pipeline fresh = pipeline(heard);
        assertFalse(fresh.restore(state));
        tape.forEach(trade -> fresh.offer(trade, 0));
        assertEquals(whole.tape, heard.tape);
    }

    @Test
    void aStateIsDueEverySixtyBarsAndBeforeEachGapThatLacksTrades() {
        Heard heard = new Heard();
        Pipeline pipeline = pipeline(heard);
        for (long id = 0; id < 200; id++) {
            pipeline.offer(trade(id, 100, id * 1_000_000), 0); // the bar of second n closes with trade n + 1
        }
        assertEquals(
                List.of(60L, 120L, 180L),
                heard.states.stream().map(PipelineState::lastId).toList());
        assertEquals(
                List.of(59_000_000L, 119_000_000L, 179_000_000L),
                heard.states.stream().map(PipelineState::lastBarStart).toList());
        pipeline.missing(200, 209, GapCause.BLANKED, 0);
        pipeline.offer(trade(210, 100, 199_000_001), 0);
        assertEquals(3, heard.states.size(), "nothing is missing where ids were blanked");
        pipeline.offer(trade(220, 100, 199_000_002), 0);
        assertEquals(210, heard.states.getLast().lastId());
        assertEquals(List.of(200L, 211L), heard.gaps.stream().map(Gap::firstId).toList());
    }

    @Test
    void aPolledTapeIgnoresABarThatIsNotNewerAndBeginsItsWindowsAgainAfterABreak() {
        Heard heard = new Heard();
        Pipeline pipeline = new Pipeline(series(TapeKind.POLL), Preset.CLASSIC, heard, HoldLimit.none());
        for (long second : new long[] {0, 1, 2, 2, 1, 3, 10, 11}) {
            pipeline.polled(Bar.flat(Interval.SECOND, second * 1_000_000, 100_000_000 + second, true, false));
        }
        List<FeatureRow> rows = heard.rows();
        assertEquals(
                List.of(0L, 1L, 2L, 3L, 10L, 11L),
                rows.stream().map(row -> row.bar().start() / 1_000_000).toList());
        assertFalse(Double.isNaN(rows.get(3).values().of(Feature.RETURN)));
        assertTrue(Double.isNaN(rows.get(4).values().of(Feature.RETURN)), "no return across the break");
        assertFalse(rows.get(5).complete(), "within reach of the break");
        assertEquals(6, pipeline.snapshot().trades());
    }
}
