package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.tape.GapCause;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What verify says of a real recording: whole, and after somebody has laid hands on it. */
@Timeout(120)
@Isolated("reads what the process prints")
class VerifyCommandTest {
    private static final String WIRE = "data/wire/hft_binance_spot_btcusdt_20240808.txt.gz";

    @TempDir
    static Path shared;

    private static Exchange exchange;
    private static Path recorded;

    @TempDir
    Path folder;

    private Path db;

    @BeforeAll
    static void record() throws IOException {
        exchange = play();
        recorded = shared.resolve("tape.db");
        run(exchange, recorded, "raw");
    }

    private static Exchange play() throws IOException {
        Path capture = Recordings.file(WIRE);
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(capture)))
                .withSpeed(Speed.MAX));
    }

    @AfterAll
    static void close() {
        if (exchange != null) {
            exchange.close();
        }
    }

    private static String rest(Exchange exchange) {
        return "http://127.0.0.1:" + exchange.port();
    }

    private static void run(Exchange exchange, Path db, String tape, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "run",
                "--tape",
                tape,
                "--rest-url",
                rest(exchange),
                "--stream-url",
                "ws://127.0.0.1:" + exchange.port(),
                "--db",
                db.toString(),
                "--no-dashboard",
                "--until-idle",
                "1s"));
        words.addAll(List.of(more));
        Said said = Said.by(words.toArray(String[]::new));
        assertEquals(0, said.exitCode(), said.out());
    }

    @BeforeEach
    void copy() throws IOException {
        db = folder.resolve("copy.db");
        Files.copy(recorded, db);
    }

    private Said verify(String... more) {
        return verifyAt(rest(exchange), more);
    }

    private Said verifyAt(String url, String... more) {
        List<String> words = new ArrayList<>(List.of("verify", "--db", db.toString(), "--rest-url", url));
        words.addAll(List.of(more));
        return Said.by(words.toArray(String[]::new));
    }

    private void byHand(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            assertTrue(statement.executeUpdate(sql) > 0, sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void assertSays(Said said, int exitCode, String... parts) {
        assertEquals(exitCode, said.exitCode(), said.out());
        for (String part : parts) {
            assertTrue(said.out().contains(part), said.out() + " should contain: " + part);
        }
    }

    private static JsonNode onlyTape(Said said) {
        JsonNode tapes = JsonMapper.shared().readTree(said.out()).get("tapes");
        assertEquals(1, tapes.size(), said.out());
        return tapes.get(0);
    }

    @Test
    void aRawTapeThatIsWholeIsToldToBeWholeInEightyColumns() {
        Said said = verify();
        assertSays(said, 0, "100 %: 9,757 trades stored, 0 missing, 0 duplicates", "5 bars of 1m equal, 0 differ");
        assertFalse(said.out().contains("WRONG"), said.out());
        assertTrue(said.out().lines().allMatch(line -> line.length() <= 80), said.out());
    }

    @Test
    void anAggregateTapeThatIsWholeIsToldToBeWhole() throws IOException {
        db = folder.resolve("aggregate.db");
        try (Exchange again = play()) {
            run(again, db, "aggregate");
        }
        assertSays(verify(), 0, "BTCUSDT aggregate", "100 %: ", " 0 missing", " 0 differ");
    }

    @Test
    void eachOfTenDeletedIdsCanBeRead() throws SQLException {
        long first = number("SELECT min(id) FROM trade");
        List<Long> ids = new ArrayList<>();
        for (long id : new long[] {100, 777, 778, 779, 2_000, 4_000, 4_002, 6_001, 8_000, 9_000}) {
            ids.add(first + id);
            byHand("DELETE FROM trade WHERE id = " + (first + id));
        }
        Said said = verify();
        assertSays(said, 1, "10 missing", "10 unknown", "WRONG  complete");
        for (long id : ids) {
            assertTrue(said.out().contains(Long.toString(id)), said.out() + " lacks " + id);
        }
        JsonNode tape = onlyTape(verify("--json"));
        List<Long> told = new ArrayList<>();
        for (JsonNode hole : tape.get("holes")) {
            for (long id = hole.get("firstId").asLong();
                    id <= hole.get("lastId").asLong();
                    id++) {
                told.add(id);
            }
        }
        assertEquals(ids, told);
        assertEquals(10, tape.get("missingByCause").get("unknown").asLong());
        assertTrue(tape.get("wrong").asBoolean());
        assertTrue(tape.get("completenessPercent").asDouble() < 100);
    }

    @Test
    void tradesDeletedFromTheBeginningAndTheEndAreMissed() throws SQLException {
        long first = number("SELECT min(id) FROM trade");
        long last = number("SELECT max(id) FROM trade");
        byHand("DELETE FROM trade WHERE id < " + (first + 10));
        Said said = verify("--klines", "off");
        assertSays(said, 1, "%,d to %,d".formatted(first, last));
        assertSays(said, 1, "10 missing", "10 unknown");
        for (long id = first; id < first + 10; id++) {
            assertSays(said, 1, Long.toString(id));
        }
        byHand("DELETE FROM trade WHERE id > " + (last - 2));
        byHand("DELETE FROM checkpoint"); // as behind a kill before the first one
        assertSays(
                verify("--klines", "off"),
                1,
                "12 missing",
                "12 unknown",
                "ids %d, %d: unknown".formatted(last - 1, last));
    }

    @Test
    void aTapeOfWhichEachTradeWasDeletedLacksThemAll() throws SQLException {
        byHand("DELETE FROM trade");
        assertSays(verify("--klines", "off"), 1, "0 %: 0 trades stored, 9,757 missing");
    }

    @Test
    void deletedTradesThatBackfillFetchesBackAreNoLongerMissed() throws SQLException {
        long first = number("SELECT min(id) FROM trade");
        long last = number("SELECT max(id) FROM trade");
        byHand("DELETE FROM trade WHERE id < %1$d + 10 OR id > %2$d - 10 OR id - %1$d BETWEEN 4000 AND 4009"
                .formatted(first, last));
        assertSays(verify(), 1, "30 missing", "30 unknown");
        Said fetched = Said.by(
                "backfill",
                "BTCUSDT",
                "--from",
                "2024-08-08",
                "--tape",
                "raw",
                "--rest-url",
                rest(exchange),
                "--db",
                db.toString());
        assertSays(fetched, 0, "30 trades fetched");
        assertSays(verify(), 0, "100 %: 9,757 trades stored, 0 missing", " 0 differ");
        assertEquals(9_757, number("SELECT trades FROM tape"));
    }

    @Test
    void aBarAlteredByHandDiffersFromTheTradesAndFromTheKlines() throws SQLException {
        long bar = number("SELECT start FROM bar ORDER BY start LIMIT 1 OFFSET 200");
        byHand("UPDATE bar SET high = high + 100000000000 WHERE start = " + bar);
        assertSays(verify(), 1, "1 differ", KlineAudit.time(bar), "4 bars of 1m equal, 1 differ", "high ");
    }

    @Test
    void aPriceAlteredByHandGivesOtherRows() throws SQLException {
        byHand("UPDATE trade SET price = price + 100000000 WHERE id ="
                + " (SELECT id FROM trade ORDER BY id LIMIT 1 OFFSET 5000)");
        Said said = verify("--klines", "off");
        assertSays(said, 1, "100 %: 9,757", "WRONG  rows", "not compared: not asked for");
    }

    @Test
    void aRowThatTheLastTradeClosedMayComeWithTheNextCommit() throws SQLException {
        String second = "(time + (SELECT time_base FROM tape)) / 1000000";
        long last = number("SELECT min(id) FROM trade WHERE %1$s = (SELECT max(%1$s) FROM trade)".formatted(second));
        long closed = number("SELECT max(%s) FROM trade WHERE id < %d".formatted(second, last));
        byHand("DELETE FROM trade WHERE id > " + last);
        byHand("UPDATE tape SET last_id = " + last); // as if no more had come
        byHand("DELETE FROM bar WHERE start >= 1000000 * " + closed);
        byHand("DELETE FROM feature WHERE start >= 1000000 * " + closed);
        assertSays(verify("--klines", "off"), 0, "100 %", " 0 differ");
        byHand("DELETE FROM bar WHERE start = 1000000 * %d - 1000000".formatted(closed));
        assertSays(verify("--klines", "off"), 1, " 1 differ");
    }

    @Test
    void aHoleThatTheLedgerKnowsIsToldWithItsCause() throws SQLException {
        List<GapCause> causes = List.of(GapCause.values());
        long id = number("SELECT min(id) FROM trade") + 1_000;
        for (GapCause cause : causes) {
            byHand("INSERT INTO gap (tape, first_id, last_id, before, after, cause, opened, closed)"
                    + " SELECT tape, trade.id, trade.id, time + time_base, time + time_base,"
                    + " '%s', 1, %s FROM trade JOIN tape ON tape.id = tape WHERE trade.id = %d"
                            .formatted(cause.label(), cause == GapCause.MISSED ? "NULL" : "2", id));
            byHand("DELETE FROM trade WHERE id = " + id);
            id += 10;
        }
        Said said = verify("--klines", "off");
        // What the venue itself blanked or never had is not missing from our tape.
        assertSays(said, 1, "%d missing".formatted(causes.size() - 2));
        for (GapCause cause : causes) {
            assertSays(said, 1, "1 " + cause.label(), ": " + cause.label());
        }
    }

    @Test
    void aVenueThatCannotBeReachedIsSaidAndTheRestDecides() throws SQLException {
        String nowhere = "http://127.0.0.1:1";
        assertSays(verifyAt(nowhere), 0, "100 %", "note   klines    not compared: ", "127.0.0.1:1");
        byHand("DELETE FROM trade WHERE id = (SELECT min(id) + 50 FROM trade)");
        assertSays(verifyAt(nowhere), 1, "1 missing", "not compared: ");
    }

    @Test
    void aTapeThatWasWatchedWithOtherSettingsIsNamedAsLeftOut() throws SQLException {
        byHand("INSERT INTO tape (id, venue, symbol, kind, simulated)"
                + " VALUES (77, 'binance', 'ETHUSDT', 'raw', 0)");
        byHand("INSERT INTO series (tape, preset, interval) VALUES (77, 'classic-ab12', 1000000)");
        assertSays(
                verify(), 0, "100 %", "ETHUSDT raw", "note   left out  watched with preset classic-ab12, not classic");
        assertSays(verify("--json"), 0, "\"leftOut\":[{", "classic-ab12");
        assertSays(verify("--symbol", "BTCUSDT"), 0, "100 %");
    }

    @Test
    void aBarOfWhichTheVenueHasNoKlineDiffers() throws SQLException {
        byHand("UPDATE bar SET start = start - 86400000000");
        assertSays(verify(), 1, "WRONG  klines", "0 bars of 1m equal, 5 differ", "has no kline");
    }

    @Test
    void whereNoBarIsComparedNothingIsSaidToBeFine() {
        Said said = verify("--klines", "1h");
        assertSays(said, 0, "note   klines    nothing to compare: 0 bars of 1h equal");
    }

    @Test
    void realTradesAreNotComparedWithAnInventedMarket() throws IOException {
        try (Exchange invented =
                Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(5, Optional.empty())))) {
            assertSays(
                    verifyAt(rest(invented)),
                    2,
                    "holds real trades, and this market is simulated",
                    "--rest-url, or --klines off");
        }
    }

    @Test
    void whatIsNotThereIsToldInOneSentence() {
        assertSays(verify("--symbol", "ETHUSDT"), 2, "has no trades of ETHUSDT");
        assertSays(verify("--klines", "1x"), 2, "--klines: ", "or off");
        assertSays(verify("--klines", "3s"), 2, "no klines of 3s", "1m", "or off");
        Path none = folder.resolve("none.db");
        assertSays(Said.by("verify", "--db", none.toString()), 3, "none.db");
        assertFalse(Files.exists(none));
    }

    @Test
    void aFileOverwrittenInTheMiddleIsToldToBeDamaged() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(db.toFile(), "rw")) {
            file.seek(file.length() / 2 / 4_096 * 4_096);
            file.write(new byte[8_192]);
        }
        assertSays(verify(), 1, "WRONG  file", "damaged");
        assertTrue(JsonMapper.shared()
                .readTree(verify("--json").out())
                .get("damage")
                .isString());
    }

    @Test
    void whatARecordingHasStillToComputeIsNotWrong() throws SQLException {
        byHand("UPDATE feature SET ewma_volatility = NULL");
        assertSays(verify("--klines", "off"), 1, "WRONG  rows");
        byHand("INSERT INTO uncomputed SELECT id, NULL, NULL FROM series");
        assertSays(verify("--klines", "off"), 0, "rows not yet computed: ewma_volatility", " 0 differ");
    }

    @Test
    void aTapeOfWhichTheOldPartWasForgottenIsWholeFromItsNewBeginning() throws SQLException {
        run(exchange, db, "raw", "--keep", "2m");
        assertTrue(number("SELECT count(*) FROM trade") < 9_000, "nothing was forgotten");
        assertSays(verify(), 0, "100 %", " 0 missing");
        assertSays(Said.by("run", "--keep", "2y"), 2, "500ms, 5s, 2m, 1h or 30d");
    }
}
