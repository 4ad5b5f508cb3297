package io.tapekeeper.recorder.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.synthetic.SyntheticMarket;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are computed anew beside a live tape end as if nothing had ever been missing. */
class RebuildTest {
    private static final Listing BTC = SyntheticMarket.listings().getFirst();
    private static final Series SERIES = new Series(
            new TapeId("binance", BTC.symbol(), TapeKind.RAW, true),
            new Instrument("binance", BTC.symbol(), BTC.tickSize(), BTC.stepSize()),
            Preset.CLASSIC.label(),
            Interval.SECOND);

    private static final int LATE = 10;

    @TempDir
    Path folder;

    private int stores;

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void whateverAlertsTheLiveTapeOpensOrClosesMeanwhileThoseOfTheWholeTapeRemain(long seed) {
        List<Trade> tape = market(seed, 12_000);
        List<Alert> expected = record("whole.db", tape);
        List<Alert> closed =
                expected.stream().filter(alert -> !alert.isOpen()).limit(3).toList();
        assertFalse(closed.isEmpty());
        for (Alert alert : closed) {
            int opening = indexAt(tape, alert.opened());
            for (int hole : new int[] {100, opening - 50, opening + 1}) {
                for (long seconds : new long[] {0, 1, 5, 30}) {
                    int begins = indexAt(tape, alert.opened() + seconds * 1_000_000);
                    if (begins > hole + LATE && begins < tape.size()) {
                        assertEquals(
                                expected,
                                rebuilt(tape, hole, begins),
                                "seed %d, hole at %d, %d s behind %s".formatted(seed, hole, seconds, alert));
                    }
                }
            }
        }
    }

    /** The first trade at or after a time. */
    private static int indexAt(List<Trade> tape, long time) {
        return (int) tape.stream().takeWhile(trade -> trade.venueTime() < time).count();
    }

    private List<Alert> record(String name, List<Trade> tape) {
        Path db = folder.resolve(name);
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db)) {
            TapePipeline watch = watch(recorder);
            tape.forEach(trade -> watch.traded(trade, 0));
            recorder.flush();
            return history.alerts(SERIES, 1_000);
        }
    }

    /**
     * The alerts of a tape on which some trades came late.
     *
     * @param hole the first of them
     * @param begins the last trade that the live tape has had when the rebuild begins
     */
    private List<Alert> rebuilt(List<Trade> tape, int hole, int begins) {
        Path db = folder.resolve("rebuilt-%d.db".formatted(++stores));
        List<Trade> late = tape.subList(hole, hole + LATE);
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db)) {
            TapePipeline watch = watch(recorder);
            tape.subList(0, hole).forEach(trade -> watch.traded(trade, 0));
            tape.subList(hole + LATE, begins + 1).forEach(trade -> watch.traded(trade, 0));
            watch.publish();
            late.forEach(trade -> recorder.trade(SERIES.tape(), trade));
            recorder.flush();
            long fromId = late.getFirst().id();
            Rebuild rebuild = rebuild(recorder, history, fromId);
            rebuild.upTo(watch.lastId(), () -> false);
            tape.subList(begins + 1, tape.size()).forEach(trade -> watch.traded(trade, 0));
            rebuild.upTo(watch.lastId(), () -> false);
            watch.adopt(rebuild.state());
            rebuild.finish();
            recorder.flush();
            return history.alerts(SERIES, 1_000);
        }
    }

    private static Rebuild rebuild(Recorder recorder, History history, long fromId) {
        return rebuild(recorder, history, fromId, true);
    }

    private static Rebuild rebuild(Recorder recorder, History history, long fromId, boolean besideLive) {
        RepairTools tools = new RepairTools(null, recorder, history, RepairSettings.DEFAULTS, () -> 0);
        return new Rebuild(SERIES, Preset.CLASSIC, tools, new Rebuild.Added(fromId, List.of()), besideLive);
    }

    @Test
    void oneThatIsStoppedHalfWayHasWithdrawnNothing() {
        List<Trade> tape = market(4, 12_000);
        Path db = folder.resolve("stopped.db");
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db)) {
            TapePipeline watch = watch(recorder);
            tape.subList(0, 100).forEach(trade -> watch.traded(trade, 0));
            tape.subList(100 + LATE, tape.size()).forEach(trade -> watch.traded(trade, 0));
            recorder.flush();
            List<Alert> before = history.alerts(SERIES, 1_000);
            assertFalse(before.isEmpty());
            tape.subList(100, 100 + LATE).forEach(trade -> recorder.trade(SERIES.tape(), trade));
            long fromId = tape.get(100).id();
            rebuild(recorder, history, fromId).upTo(tape.get(6_000).id(), () -> false);
            recorder.flush();
            List<Alert> after = history.alerts(SERIES, 1_000);
            for (Alert alert : before) {
                assertTrue(after.stream().anyMatch(one -> isSame(one, alert)), alert + " is withdrawn");
            }
        }
    }

    @Test
    void whatIsWithdrawnAtTheBeginningIsSaidOnceAndNotKeptInMemory() {
        List<Trade> tape = market(4, 12_000);
        List<Alert> expected = record("whole.db", tape);
        assertFalse(expected.isEmpty());
        try (Recorder recorder = Recorder.open(folder.resolve("alone.db"), Durability.NORMAL);
                History history = History.open(folder.resolve("alone.db"))) {
            recorder.session(SERIES.tape(), SERIES.instrument(), "backfill", 0, "");
            tape.forEach(trade -> recorder.trade(SERIES.tape(), trade));
            recorder.flush();
            long fromId = tape.getFirst().id();
            Rebuild rebuild = rebuild(recorder, history, fromId, false);
            rebuild.upTo(tape.getLast().id(), () -> false);
            recorder.flush();
            assertEquals(expected, history.alerts(SERIES, 1_000));
            recorder.withdraw(SERIES, 0, Long.MAX_VALUE); // would come back if they were kept
            rebuild.finish();
            recorder.flush();
            assertEquals(List.of(), history.alerts(SERIES, 1_000));
        }
    }

    private static boolean isSame(Alert one, Alert other) {
        return one.opened() == other.opened() && one.rule().equals(other.rule());
    }

    private static TapePipeline watch(Recorder recorder) {
        LiveView view = new LiveView(100, System::nanoTime);
        view.addSeries(SERIES, SeriesInfo.live(SERIES, Preset.CLASSIC));
        return new TapePipeline(SERIES, Preset.CLASSIC, recorder, view, HoldLimit.none());
    }

    private static List<Trade> market(long seed, int trades) {
        SyntheticMarket market = new SyntheticMarket(seed, BTC, 1_700_000_000_000_000L);
        List<Trade> tape = new ArrayList<>();
        for (int i = 0; i < trades; i++) {
            RawTrade raw = market.next();
            Side side = raw.buyerIsMaker() ? Side.SELL : Side.BUY;
            tape.add(new Trade(raw.id(), raw.price(), raw.size(), side, raw.time(), raw.time(), 1));
        }
        return tape;
    }
}
