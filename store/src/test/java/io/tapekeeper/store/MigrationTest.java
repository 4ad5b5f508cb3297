package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.ask;
import static io.tapekeeper.store.Samples.sql;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MigrationTest {
    private static final String CURRENT = Integer.toString(Schema.SCRIPTS.size());

    @TempDir
    Path folder;

    static List<Integer> everyVersion() {
        List<Integer> versions = new ArrayList<>();
        for (int version = 1; version <= Schema.SCRIPTS.size(); version++) {
            versions.add(version);
        }
        return versions;
    }

    /** A store as that version left it, with one trade. */
    private Path storeOf(int version) throws Exception {
        Path file = folder.resolve("tape.db");
        sql(file, Schema.SCRIPTS.subList(0, version).toArray(String[]::new));
        sql(
                file,
                "PRAGMA application_id = " + Schema.APPLICATION_ID,
                "PRAGMA user_version = " + version,
                """
                INSERT INTO tape (id, venue, symbol, kind, simulated, trades)
                VALUES (4, 'binance', 'BTCUSDT', 'aggregate', 0, 1)\
                """,
                "INSERT INTO trade VALUES (4, 77, 500, 60, 1000, 30, 1, 2)");
        if (version >= 3) {
            sql(file, "UPDATE tape SET time_base = 0");
        }
        if (version >= 4) {
            sql(file, "UPDATE tape SET (first_id, last_id) = (77, 77)");
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void opensAStoreOfEveryVersionAndKeepsItsTrades(int version) throws Exception {
        Path file = storeOf(version);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.trade(TAPE, Samples.trade(78));
        }
        assertEquals(CURRENT, ask(file, "PRAGMA user_version"));
        try (History history = History.open(file)) {
            assertEquals(
                    List.of(new Trade(77, 500, 60, Side.BUY, 1000, 1030, 2), Samples.trade(78)),
                    Samples.trades(history, TAPE, 0));
            assertEquals(2, history.tradeCount(TAPE));
            assertEquals(Optional.of(new IdRange(77, 78)), history.reach(TAPE));
        }
    }

    @Test
    void takesTheGapsOfTheFirstVersionForOpen() throws Exception {
        Path file = storeOf(1);
        sql(file, "INSERT INTO gap VALUES (4, 11, 20, 1000, 2000, 'missed', 3000)");
        Recorder.open(file, Durability.NORMAL).close();
        Gap gap = new Gap(11, 20, 1_000, 2_000);
        try (History history = History.open(file)) {
            assertEquals(
                    List.of(new LedgerEntry(gap, GapCause.MISSED, 3_000, OptionalLong.empty(), Optional.empty())),
                    history.openGaps(TAPE));
        }
    }

    @Test
    void aTapeFromBeforeReachesToTheTradeThatItsCheckpointKnew() throws Exception {
        Path file = storeOf(3);
        sql(
                file,
                "INSERT INTO series (id, tape, preset, interval) VALUES (1, 4, 'classic', 1000000)",
                "INSERT INTO checkpoint (series, last_trade_id, last_bar_start, state)" + " VALUES (1, 80, 0, x'01')");
        Recorder.open(file, Durability.NORMAL).close();
        try (History history = History.open(file)) {
            assertEquals(Optional.of(new IdRange(77, 80)), history.reach(TAPE));
        }
    }

    @Test
    void runsEachScriptThatTheFileHasNotSeenOnce() throws Exception {
        Path file = storeOf(Schema.SCRIPTS.size());
        List<String> later = new ArrayList<>(Schema.SCRIPTS);
        later.add("CREATE TABLE next (n INTEGER); INSERT INTO next VALUES (1);");
        later.add("UPDATE next SET n = n + 1;");
        Recorder.open(file, Durability.NORMAL, Recorder.Patience.DEFAULT, later).close();
        Recorder.open(file, Durability.NORMAL, Recorder.Patience.DEFAULT, later).close();
        assertEquals("2", ask(file, "SELECT sum(n) FROM next"));
        assertEquals(Integer.toString(later.size()), ask(file, "PRAGMA user_version"));
    }

    @Test
    void leavesTheStoreAsItWasWhereAScriptFails() throws Exception {
        Path file = storeOf(Schema.SCRIPTS.size());
        List<String> broken = new ArrayList<>(Schema.SCRIPTS);
        broken.add("ALTER TABLE trade ADD COLUMN maker TEXT;");
        broken.add("UPDATE nowhere SET n = 1;");
        StoreException failed = assertThrows(
                StoreException.class, () -> Recorder.open(file, Durability.NORMAL, Recorder.Patience.DEFAULT, broken));
        assertEquals(Kind.CANNOT_OPEN, failed.kind());
        assertEquals(CURRENT, ask(file, "PRAGMA user_version"));
        Recorder.open(file, Durability.NORMAL).close();
        try (History history = History.open(file)) {
            assertEquals(77, history.lastTradeId(TAPE).orElseThrow());
        }
    }

    @Test
    void saysWhatToDoWithAnOlderStoreThatIsOnlyRead() throws Exception {
        Path file = storeOf(1);
        sql(file, "PRAGMA user_version = 0");
        StoreException older = assertThrows(StoreException.class, () -> History.open(file));
        assertEquals(Kind.CANNOT_OPEN, older.kind());
        assertEquals(
                file + " has the older schema 0: record into it once, which brings it up to" + " date.",
                older.getMessage());
    }
}
