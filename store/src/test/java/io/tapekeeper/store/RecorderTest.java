package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.bar;
import static io.tapekeeper.store.Samples.bars;
import static io.tapekeeper.store.Samples.row;
import static io.tapekeeper.store.Samples.sql;
import static io.tapekeeper.store.Samples.trade;
import static io.tapekeeper.store.Samples.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("tape.db");
    }

    private Recorder recorder() {
        return Recorder.open(file, Durability.NORMAL);
    }

    @Test
    void neverRewritesATrade() {
        Trade other = new Trade(1, 5, 5, Side.BUY, START, START, 9);
        try (Recorder recorder = recorder()) {
            recorder.trade(TAPE, trade(1));
            recorder.trade(TAPE, trade(1));
            recorder.trade(TAPE, other);
            recorder.flush();
            assertEquals(1, recorder.committedRows());
        }
        try (Recorder again = recorder()) {
            again.trade(TAPE, other);
            again.trade(TAPE, trade(2));
            again.flush();
            assertEquals(1, again.committedRows());
        }
        try (History history = History.open(file)) {
            assertEquals(List.of(trade(1), trade(2)), Samples.trades(history, TAPE, 0));
            assertEquals(2, history.tradeCount(TAPE));
        }
    }

    @Test
    void aTapeReachesAsFarAsItsTradesEverDidAndTheCountFollowsTheRows() throws SQLException {
        try (Recorder recorder = recorder();
                History history = openedBeside(recorder)) {
            assertEquals(Optional.empty(), history.reach(TAPE));
            for (long id : new long[] {12, 11, 15}) {
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            assertEquals(Optional.of(new IdRange(11, 15)), history.reach(TAPE));
            sql(file, "DELETE FROM trade WHERE id <> 12");
            assertEquals(1, history.tradeCount(TAPE));
            assertEquals(Optional.of(new IdRange(11, 15)), history.reach(TAPE));
            for (long id : new long[] {9, 11, 12, 15}) { // fetched back, and older ones
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            assertEquals(4, history.tradeCount(TAPE));
            assertEquals(Optional.of(new IdRange(9, 15)), history.reach(TAPE));
        }
    }

    /** Of three tapes that come mixed: more than go into one INSERT, as many, and one alone. */
    @Test
    void tapesThatComeMixedAreEachStoredInTheirOrder() {
        List<TapeId> tapes = List.of(
                TAPE,
                new TapeId("binance", "ETHUSDT", TapeKind.AGGREGATE, false),
                new TapeId("binance", "BTCUSDT", TapeKind.RAW, false));
        List<Integer> counts = List.of(167, 50, 1);
        try (Recorder recorder = recorder()) {
            for (int id = 1; id <= counts.getFirst(); id++) {
                for (TapeId tape : tapes) {
                    if (id <= counts.get(tapes.indexOf(tape))) {
                        recorder.trade(tape, trade(id));
                        recorder.trade(tape, trade(id)); // counted once
                    }
                }
            }
        }
        try (History history = History.open(file)) {
            for (TapeId tape : tapes) {
                int count = counts.get(tapes.indexOf(tape));
                List<Trade> sent = LongStream.rangeClosed(1, count)
                        .mapToObj(Samples::trade)
                        .toList();
                assertEquals(sent, Samples.trades(history, tape, 0));
                assertEquals(count, history.tradeCount(tape));
                assertEquals(Optional.of(new IdRange(1, count)), history.reach(tape));
            }
        }
    }

    @Test
    void raisesTheRevisionOnlyWhereContentChanges() throws SQLException {
        Bar corrected = Bar.flat(Interval.SECOND, START, 7, true, false);
        try (Recorder recorder = recorder();
                History history = openedBeside(recorder)) {
            recorder.row(CLASSIC, row(0));
            recorder.row(CLASSIC, row(0));
            recorder.row(new Series(TAPE, Samples.BTCUSDT, "other", Interval.SECOND), row(0));
            recorder.flush();
            assertEquals(List.of(new StoredBar(bar(0), 0)), all(history));
            recorder.row(CLASSIC, row(corrected));
            recorder.flush();
            assertEquals(List.of(new StoredBar(corrected, 1)), all(history));
            recorder.row(CLASSIC, row(bar(0)));
            recorder.flush();
            assertEquals(List.of(new StoredBar(bar(0), 2)), all(history));
        }
        // The bar changed twice, the features of the row did not.
        String features = "SELECT group_concat(revision) FROM feature";
        assertEquals("0,0", Samples.ask(file, features));
        try (Recorder recorder = recorder()) {
            FeatureRow same = row(0);
            recorder.row(CLASSIC, new FeatureRow(same.bar(), same.values(), Signal.NEUTRAL, 1, same.complete()));
        }
        assertEquals("1,0", Samples.ask(file, features));
    }

    /** More rows than go into one INSERT, of two series, and some of them twice in the same one. */
    @Test
    void ofRowsSaidTogetherTheLastOfABarHoldsAndEachChangeIsARevision() throws SQLException {
        Series other = new Series(TAPE, Samples.BTCUSDT, "other", Interval.SECOND);
        Bar corrected = Bar.flat(Interval.SECOND, START + 3 * SECOND, 7, true, false);
        try (Recorder recorder = recorder()) {
            for (int n = 0; n < 21; n++) {
                recorder.row(CLASSIC, row(n));
                recorder.row(other, row(n));
                if (n == 5) {
                    recorder.row(CLASSIC, row(corrected));
                }
            }
        }
        try (History history = History.open(file)) {
            List<StoredBar> bars = all(history);
            assertEquals(21, bars.size());
            for (int n = 0; n < 21; n++) {
                assertEquals(n == 3 ? new StoredBar(corrected, 1) : new StoredBar(bar(n), 0), bars.get(n));
            }
        }
        assertEquals("42", Samples.ask(file, "SELECT count(*) FROM feature"));
    }

    @Test
    void aSumIsStoredWithoutItsZerosAndOneThatHasThemIsNoOtherSum() throws SQLException {
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, row(0));
        }
        String sums = "SELECT volume || ' ' || quote_volume || ' ' || revision FROM bar";
        assertEquals("2.0 200.0 0", Samples.ask(file, sums));
        sql(file, "UPDATE bar SET (volume, quote_volume) = ('2.00000000', '200.00000000')");
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, row(0)); // once more, after a restart
        }
        assertEquals("2.00000000 200.00000000 0", Samples.ask(file, sums));
        sql(file, "UPDATE bar SET quote_volume = '20.00000000'");
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, row(0));
        }
        assertEquals("2.0 200.0 1", Samples.ask(file, sums));
    }

    private static List<StoredBar> all(History history) {
        return bars(history, Interval.SECOND, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private History openedBeside(Recorder recorder) {
        recorder.flush();
        return History.open(file);
    }

    @Test
    void withdrawsWhatTheCorrectedTapeDoesNotSayAgain() throws SQLException {
        Alert early = Samples.alert(ClassicRules.Z_HIGH, START);
        Alert wrong = Samples.alert(ClassicRules.Z_LOW, START + SECOND);
        Alert right = Samples.alert(ClassicRules.VOLATILITY_SPIKE, START + SECOND);
        Alert late = Samples.alert(ClassicRules.Z_HIGH, START + 2 * SECOND);
        SignalChange change = new SignalChange("classic", START + SECOND, Signal.BUY, 5, -2);
        try (Recorder recorder = recorder()) {
            for (Alert alert : List.of(early, wrong, right.closedAt(START + 9 * SECOND), late)) {
                recorder.alertOpened(CLASSIC, alert);
            }
            recorder.signalChanged(CLASSIC, change);
            recorder.withdraw(CLASSIC, START + SECOND, START + 2 * SECOND);
            recorder.alertOpened(CLASSIC, right);
            recorder.alertClosed(CLASSIC, wrong.closedAt(START + 5 * SECOND)); // by the live tape
        }
        try (History history = History.open(file)) {
            assertEquals(List.of(late, right, early), history.alerts(CLASSIC, 9));
            assertEquals(List.of(), Samples.signals(history));
        }
        assertEquals("z-low", Samples.ask(file, "SELECT rule FROM alert WHERE withdrawn"));
        assertEquals("1", Samples.ask(file, "SELECT count(*) FROM signal WHERE withdrawn"));
    }

    @Test
    void opensAnAlertAgainThatClosedInWhatIsCorrected() {
        Alert before = Samples.alert(ClassicRules.Z_HIGH, START);
        Alert inside = Samples.alert(ClassicRules.Z_LOW, START);
        Alert behind = Samples.alert(ClassicRules.VOLATILITY_SPIKE, START).closedAt(START + 9 * SECOND);
        try (Recorder recorder = recorder();
                History history = openedBeside(recorder)) {
            recorder.alertClosed(CLASSIC, before.closedAt(START + SECOND - 1));
            recorder.alertClosed(CLASSIC, inside.closedAt(START + SECOND));
            recorder.alertClosed(CLASSIC, behind);
            recorder.withdraw(CLASSIC, START + SECOND, START + 9 * SECOND);
            recorder.flush();
            assertEquals(List.of(inside, before.closedAt(START + SECOND - 1), behind), history.alerts(CLASSIC, 9));
            recorder.alertClosed(CLASSIC, inside.closedAt(START + 2 * SECOND));
            recorder.flush();
            assertEquals(
                    inside.closedAt(START + 2 * SECOND),
                    history.alerts(CLASSIC, 9).getFirst());
        }
    }

    @Test
    void countsWhatItDoes() throws Exception {
        try (Recorder recorder = recorder()) {
            assertEquals(0, recorder.stats().commits());
            for (int id = 0; id < 12_000; id++) {
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            Recorder.Stats stats = recorder.stats();
            assertEquals(12_000, stats.committedTrades());
            assertTrue(stats.commits() >= 3, stats.toString()); // of 5,000 entries at most
            assertTrue(stats.lastCommitNanos() > 0, stats.toString());
            assertTrue(stats.mostCommitNanos() >= stats.lastCommitNanos(), stats.toString());
            assertEquals(0, stats.queued());
            assertEquals(65_536, stats.queueBound());
            assertEquals(Files.size(file), stats.fileBytes());
            assertEquals(Files.size(folder.resolve("tape.db-wal")), stats.logBytes());
            assertTrue(stats.freeBytes() > 0, stats.toString());
        }
    }

    @Test
    void knowsThatTheOneBeforeClosedItAlsoWhereOpeningFailedInBetween() throws Exception {
        recorder().close();
        sql(file, "PRAGMA user_version = 99");
        assertThrows(StoreException.class, this::recorder);
        sql(file, "PRAGMA user_version = " + Schema.SCRIPTS.size());
        try (Recorder recorder = recorder()) {
            assertFalse(recorder.uncleanBefore());
        }
    }

    @Test
    void commitsWithoutBeingAsked() {
        try (Recorder recorder = recorder();
                History history = openedBeside(recorder)) {
            recorder.trade(TAPE, trade(1));
            until("the trade is committed", () -> history.lastTradeId(TAPE).isPresent());
            until("nothing is queued", () -> recorder.queued() == 0);
        }
    }

    @Test
    void makesTheCallerWaitWhenTheQueueIsFullAndDropsNothing() throws Exception {
        int trades = 65_536 + 2 * 5_000;
        try (Recorder recorder = recorder();
                Connection other = Samples.connect(file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE"); // no other program can write
            Thread tape = Thread.ofPlatform().start(() -> {
                for (int id = 0; id < trades; id++) {
                    recorder.trade(TAPE, trade(id));
                }
            });
            until("the tape thread waits", () -> recorder.waits() > 0);
            tape.interrupt(); // must not make it give up a trade
            assertTrue(recorder.queued() <= 65_536 + 5_000 + 1, "queued " + recorder.queued());
            assertEquals(0, recorder.committedRows());
            statement.execute("ROLLBACK");
            tape.join();
            recorder.flush();
            assertEquals(trades, recorder.committedRows());
            assertEquals(0, recorder.queued());
        }
    }

    @Test
    void saysWhenItCannotWriteAnyMore() throws SQLException {
        Recorder recorder = recorder();
        assertTrue(recorder.failure().isEmpty());
        sql(file, "DROP TABLE trade");
        recorder.trade(TAPE, trade(1));
        until("the failure is reported", () -> recorder.failure().isPresent());
        StoreException failure = recorder.failure().orElseThrow();
        assertEquals(Kind.WRITE_FAILED, failure.kind());
        for (Executable call :
                List.<Executable>of(() -> recorder.trade(TAPE, trade(2)), recorder::flush, recorder::close)) {
            StoreException thrown = assertThrows(StoreException.class, call);
            assertEquals(Kind.WRITE_FAILED, thrown.kind());
            assertEquals(failure.getMessage(), thrown.getMessage());
        }
        WriterLock.acquire(file).close(); // it let go of the file
    }

    @Test
    void tellsTheFailureThroughATryStatementToo() throws SQLException {
        StoreException failure = assertThrows(StoreException.class, () -> {
            try (Recorder recorder = recorder()) {
                sql(file, "DROP TABLE trade");
                recorder.trade(TAPE, trade(1));
                recorder.flush();
            }
        });
        assertTrue(failure.getMessage().startsWith("Recording stopped: "), failure.getMessage());
    }

    @Test
    void refusesToRecordOnceClosed() {
        Recorder recorder = recorder();
        recorder.close();
        recorder.close();
        StoreException late = assertThrows(StoreException.class, () -> recorder.trade(TAPE, trade(1)));
        assertEquals(StoreException.Kind.CLOSED, late.kind());
    }

    @Test
    void leavesOneFileAndItsLock() throws Exception {
        try (Recorder recorder = recorder()) {
            recorder.trade(TAPE, trade(1));
        }
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of("tape.db", "tape.db.lock"),
                    files.map(found -> found.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void makesTheFoldersOfTheFile() {
        file = folder.resolve("a/b/tape with a ?, a # and a %20.db");
        try (Recorder recorder = recorder()) {
            recorder.trade(TAPE, trade(1));
        }
        assertTrue(Files.exists(file));
        try (History history = History.open(file)) {
            assertEquals(1, history.tradeCount(TAPE));
        }
    }

    @Test
    void isOpenedFarFromTheFolderByALink() throws Exception {
        recorder().close();
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
        try (Recorder recorder = recorder()) {
            recorder.flush();
            StoreException refused = assertThrows(StoreException.class, () -> Recorder.open(link, Durability.NORMAL));
            assertEquals(Kind.LOCKED, refused.kind());
        }
        assertFalse(Files.exists(folder.resolve("link.db.lock")));
    }

    @Test
    void writesThroughToTheDiskWhereAsked() throws SQLException {
        recorder().close();
        SqliteFile store = SqliteFile.existing(file);
        for (Durability durability : Durability.values()) {
            try (Connection writer = store.openForWriting(durability, Schema.SCRIPTS)) {
                long synchronous = RowMapper.numberOf(writer, "PRAGMA synchronous");
                assertEquals(durability == Durability.FULL ? 2 : 1, synchronous);
            }
        }
        assertEquals("wal", Samples.ask(file, "PRAGMA journal_mode"));
    }
}
