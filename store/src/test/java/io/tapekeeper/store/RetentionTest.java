package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.alert;
import static io.tapekeeper.store.Samples.row;
import static io.tapekeeper.store.Samples.trade;
import static io.tapekeeper.store.Samples.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Trade;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten trades a second from START on, 0 to 9,999, and the rows of their thousand seconds. */
class RetentionTest {
    private static final long HALF = START + 500 * SECOND; // trade 5,000

    @TempDir
    Path folder;

    private Path file;
    private Recorder recorder;
    private History history;

    @BeforeEach
    void record() {
        file = folder.resolve("tape.db");
        recorder = Recorder.open(file, Durability.NORMAL);
        for (int id = 0; id < 10_000; id++) {
            recorder.trade(TAPE, trade(id));
        }
        for (int n = 0; n < 1_000; n++) {
            recorder.row(CLASSIC, row(n));
        }
        recorder.flush();
        history = History.open(file);
    }

    @AfterEach
    void close() {
        history.close();
        recorder.close();
    }

    private void beginsAt(long id) {
        until("the tape begins at " + id, () -> history.firstTradeId(TAPE).equals(OptionalLong.of(id)));
    }

    @Test
    void forgetsWhatIsOlderAndCountsWhatIsLeft() {
        recorder.forget(TAPE, HALF);
        beginsAt(5_000);
        assertEquals(5_000, history.tradeCount(TAPE));
        until("all bars are forgotten", () -> firstBar() == HALF);
        assertEquals(
                500, Samples.features(history, Long.MIN_VALUE, Long.MAX_VALUE).size());
        recorder.trade(TAPE, trade(10_000));
        recorder.flush();
        assertEquals(5_001, history.tradeCount(TAPE));
    }

    private long firstBar() {
        return Samples.bars(history, Interval.SECOND, Long.MIN_VALUE, Long.MAX_VALUE)
                .getFirst()
                .bar()
                .start();
    }

    @Test
    void forgetsAlertsThatClosedSignalsAndGapsBeforeTheNewBeginning() {
        Alert over = alert(ClassicRules.Z_HIGH, START).closedAt(HALF - 1);
        Alert across = alert(ClassicRules.Z_LOW, START).closedAt(HALF);
        Alert open = alert(ClassicRules.VOLATILITY_SPIKE, START);
        SignalChange old = new SignalChange("classic", HALF - 1, Signal.BUY, 5, -2);
        SignalChange late = new SignalChange("classic", HALF, Signal.SELL, 5, 2);
        List.of(over, across, open).forEach(said -> recorder.alertOpened(CLASSIC, said));
        List.of(old, late).forEach(said -> recorder.signalChanged(CLASSIC, said));
        Gap before = new Gap(20, 30, START, START);
        Gap after = new Gap(6_000, 6_001, START, START);
        recorder.gap(TAPE, before, GapCause.ABSENT);
        recorder.gap(TAPE, after, GapCause.MISSED);
        recorder.forget(TAPE, HALF);
        beginsAt(5_000);
        until("signals are forgotten", () -> Samples.signals(history).equals(List.of(late)));
        assertEquals(List.of(across, open), history.alerts(CLASSIC, 9));
        assertEquals(
                List.of(after),
                history.gaps(TAPE).stream().map(LedgerEntry::gap).toList());
    }

    @Test
    void theTapeReachesFromAfterWhatWasForgotten() throws Exception {
        Samples.sql(file, "DELETE FROM trade WHERE id BETWEEN 5000 AND 5009");
        recorder.forget(TAPE, HALF);
        beginsAt(5_010);
        // Those that another program deleted were not forgotten.
        assertEquals(Optional.of(new IdRange(5_000, 9_999)), history.reach(TAPE));
        assertEquals(4_990, history.tradeCount(TAPE));
    }

    @Test
    void aGapInTheLedgerIsForgottenWithTheTradesBeforeIt() throws Exception {
        Samples.sql(file, "DELETE FROM trade WHERE id BETWEEN 5000 AND 5009");
        recorder.gap(TAPE, new Gap(5_000, 5_009, START, START), GapCause.BEYOND_RETENTION);
        recorder.forget(TAPE, HALF);
        beginsAt(5_010);
        assertEquals(Optional.of(new IdRange(5_010, 9_999)), history.reach(TAPE));
    }

    @Test
    void keepsTheTradesThatAReplayFromTheNewestCheckpointNeeds() {
        recorder.checkpoint(CLASSIC, 1_000, START, new byte[] {1});
        recorder.checkpoint(CLASSIC, 3_000, START, new byte[] {3});
        recorder.forget(TAPE, HALF);
        beginsAt(3_001);
        assertEquals(3_000, history.checkpoint(CLASSIC).orElseThrow().lastTradeId());
        assertEquals(Optional.empty(), history.checkpointBefore(CLASSIC, 3_000));
        recorder.checkpoint(CLASSIC, 9_999, START, new byte[] {9});
        recorder.forget(TAPE, HALF);
        beginsAt(5_000);
    }

    @Test
    void keepsTheLastTradeAlways() {
        recorder.forget(TAPE, START + 9_999 * SECOND);
        beginsAt(9_999);
        assertEquals(List.of(trade(9_999)), Samples.trades(history, TAPE, 0));
        assertEquals(1, history.tradeCount(TAPE));
    }

    @Test
    void isNotStoppedByATradeWithATimeFarAhead() throws Exception {
        Trade sound = trade(7);
        Samples.sql(
                file,
                "UPDATE trade SET time = %d - (SELECT time_base FROM tape) WHERE id = 7"
                        .formatted(sound.venueTime() + 9_999 * SECOND));
        recorder.forget(TAPE, HALF);
        beginsAt(5_000);
    }

    @Test
    void forgetsFewRowsAtATime() throws Exception {
        recorder.close();
        try (Connection connection = SqliteFile.existing(file).openForWriting(Durability.NORMAL, Schema.SCRIPTS)) {
            WriterConnection sql = new WriterConnection(connection);
            Retention retention = new Retention(sql, new RollupWriter(sql));
            retention.add(TAPE, HALF);
            for (long first : new long[] {2_000, 4_000, 5_000}) {
                assertTrue(retention.isDue());
                retention.step();
                assertEquals(first, history.firstTradeId(TAPE).orElseThrow());
                assertEquals(10_000 - first, history.tradeCount(TAPE));
            }
            assertEquals(false, retention.isDue());
        }
    }

    @Test
    void usesTheRoomAgain() {
        recorder.forget(TAPE, HALF);
        beginsAt(5_000);
        recorder.flush();
        long before = pages();
        for (int id = 10_000; id < 13_000; id++) {
            recorder.trade(TAPE, trade(id));
        }
        recorder.flush();
        assertEquals(before, pages());
    }

    private long pages() {
        try {
            return Long.parseLong(Samples.ask(file, "PRAGMA page_count"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
