package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets one plain sentence, an exit code, and loses nothing. */
@Timeout(60)
class CommandLineTest {
    /** Threads of an earlier test that are still ending may log to the same stream. */
    private static final Pattern LOGGED = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+Z (INFO|WARNING|SEVERE) ");

    @TempDir
    Path folder;

    private String said = "";

    /** Runs a command line; keeps what it said on standard error. */
    private int run(String... words) {
        PrintStream err = System.err;
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
        try {
            return Main.execute(words);
        } finally {
            System.setErr(err);
            said = heard.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !LOGGED.matcher(line).lookingAt())
                    .collect(Collectors.joining("\n"))
                    .strip();
        }
    }

    private void assertOneSentence(String... parts) {
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("tapekeeper: "), said);
        for (String part : parts) {
            assertTrue(said.contains(part), said + " should contain: " + part);
        }
        assertFalse(said.contains("Exception"), said);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aWrongKeyIsToldWithFileLineAndTheNearestKey() throws IOException {
        Path config = file("my.yaml", "# mine\nport: 8080\nsymbol: BTCUSDT\n");
        assertEquals(2, run("run", "--config", config.toString()));
        assertOneSentence(config + ", line 3", "\"symbol\"", "\"symbols\"");
    }

    /** They look after what was recorded with the same file. */
    @Test
    void whatVerifyBackupAndExportShareWithRunTheyTakeFromTheFileToo() throws IOException {
        Path db = folder.resolve("theirs.db");
        Path config = file("my.yaml", "db: " + db + "\nport: 8080\nwindow: 30\n");
        Path out = folder.resolve("out");
        for (List<String> command : List.of(
                List.of("verify"),
                List.of("backup", out.toString()),
                List.of("export", "bars", "--out", out.toString()))) {
            List<String> words = new ArrayList<>(command);
            words.addAll(List.of("--config", config.toString()));
            assertEquals(3, run(words.toArray(String[]::new)), words.toString());
            assertOneSentence(db.toString());
        }
    }

    @Test
    void aWrongValueIsToldWithFileAndLine() throws IOException {
        Path config = file("my.yaml", "mode: stream\n\nport: eighty\n");
        assertEquals(2, run("run", "--config", config.toString()));
        assertOneSentence(config + ", line 3", "eighty");
    }

    @Test
    void aFileThatIsNoYamlIsToldWithItsLine() throws IOException {
        Path config = file("my.yaml", "port: 8080\n  - [broken\n");
        assertEquals(2, run("run", "--config", config.toString()));
        assertOneSentence(config + ", line ");
    }

    @Test
    void aListThatYamlItselfCannotEndIsToldWithItsLine() throws IOException {
        Path config = file("my.yaml", "symbols:\n\n- ! !int +");
        assertEquals(2, run("run", "--config", config.toString()));
        assertOneSentence(config + ", line ");
    }

    @Test
    void aWrongPlanOfFaultsIsToldWithItsLine() throws IOException {
        Path plan = file("plan.yaml", "seed: 1\nfaults:\n  - dorp: {after: 5 trades}\n");
        assertEquals(2, run("exchange", "--port", "0", "--faults", plan.toString()));
        assertOneSentence(plan + ", line 3", "\"dorp\"", "drop");
        assertEquals(2, run("demo", "--faults", folder.resolve("none.yaml").toString()));
        assertOneSentence("none.yaml", "name a file that exists, or a seed");
    }

    @Test
    void anAddressWithoutASchemeIsToldToLackIt() {
        String db = folder.resolve("x.db").toString();
        String url = "localhost:19443";
        for (String command : new String[] {"run", "verify", "doctor"}) {
            assertEquals(2, run(command, "--db", db, "--rest-url", url), command);
            assertOneSentence("--rest-url must be a http:// or https:// address", url);
        }
        assertEquals(2, run("backfill", "BTCUSDT", "--from", "2024-08-08", "--db", db, "--rest-url", url));
        assertOneSentence("--rest-url must be a http:// or https:// address", url);
        assertEquals(2, run("doctor", "--db", db, "--stream-url", url));
        assertOneSentence("--stream-url must be a ws:// or wss:// address", url);
    }

    @Test
    void anOptionThatDoesNotExistIsToldWithTheNearest() {
        assertEquals(2, run("run", "--symbls", "BTCUSDT"));
        assertOneSentence("--symbls", "--symbols");
    }

    @Test
    void settingsThatCanNeverFireAreRefused() {
        Path db = folder.resolve("x.db");
        assertEquals(2, run("run", "--window", "10", "--db", db.toString()));
        assertOneSentence("z alert 3.0 could never be reached", "2.846");
    }

    @Test
    void aMalformedLineIsToldWithItsNumberAndWritesNoFile() throws IOException {
        Path prices = file("prices.csv", "time,price\n1,100\n2,abc\n3,101\n");
        Path out = folder.resolve("out.csv");
        assertEquals(2, run("analyze", prices.toString(), "--out", out.toString()));
        assertOneSentence(prices + ", line 3", "\"abc\" is no price");
        assertFalse(Files.exists(out));
        assertFalse(Files.exists(folder.resolve("out.csv.partial")));
    }

    @Test
    void aMissingFileIsNamed() {
        assertEquals(3, run("analyze", folder.resolve("none.csv").toString()));
        assertOneSentence("none.csv");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws IOException {
        Path db = file("letter.db", "Dear reader, this is no database at all, but a letter.\n");
        assertEquals(3, run("run", "--db", db.toString(), "--no-dashboard"));
        assertOneSentence("letter.db");
        assertTrue(Files.readString(db).startsWith("Dear reader"));
    }

    @Test
    void aStoreThatDoesNotExistCannotBeServedOrExported() {
        Path db = folder.resolve("none.db");
        assertEquals(3, run("serve", "--db", db.toString()));
        assertOneSentence("none.db");
        assertEquals(3, run("export", "trades", "--db", db.toString()));
        assertOneSentence("none.db");
        assertFalse(Files.exists(db));
    }

    @Test
    void aFolderThatCannotBeWrittenIsTold() throws IOException {
        Path notAFolder = file("file", "");
        assertEquals(3, run("run", "--db", notAFolder.resolve("x.db").toString(), "--no-dashboard"));
        assertOneSentence("x.db");
    }

    @Test
    void aPortInUseIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertEquals(3, run("run", "--db", folder.resolve("x.db").toString(), "--port", port));
            assertOneSentence(port);
            assertEquals(
                    3,
                    run(
                            "exchange",
                            "--synthetic",
                            "1",
                            "--state",
                            folder.resolve("state").toString(),
                            "--port",
                            port));
            assertOneSentence(port);
        }
    }

    @Test
    void anUnknownSymbolIsToldWithTheNearest() throws IOException {
        try (Exchange exchange =
                Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(1, Optional.empty())))) {
            int code = run(
                    "run",
                    "--symbols",
                    "BTCUSDX",
                    "--rest-url",
                    "http://127.0.0.1:" + exchange.port(),
                    "--stream-url",
                    "ws://127.0.0.1:" + exchange.port(),
                    "--db",
                    folder.resolve("x.db").toString(),
                    "--no-dashboard");
            assertEquals(2, code);
            assertOneSentence("BTCUSDX", "BTCUSDT");
        }
    }

    @Test
    void analyzeTakesColumnsByNameAndRowsWithoutAHeader() throws IOException {
        Path out = folder.resolve("out.csv");
        Path named = file("named.csv", "price,volume,time\n100,5,a\n101,5,b\n");
        assertEquals(0, run("analyze", named.toString(), "--out", out.toString()));
        assertEquals("""
                time,price,return,volatility,zscore,signal,alerts,ewma_volatility
                a,100,,,,neutral,,
                b,101,0.010000000000000009,,,neutral,,0.009950330853168092
                """, Files.readString(out));
        Path bare = file("bare.csv", "1,100\n2,101\n");
        assertEquals(0, run("analyze", bare.toString(), "--out", out.toString()));
        assertEquals(3, Files.readAllLines(out).size());
    }

    @Test
    void theVersionAndTheHelpOfEveryCommandArePrinted() {
        assertEquals(0, run("--version"));
        for (String command : new String[] {
            "demo", "run", "serve", "exchange", "analyze", "export", "backfill", "verify", "backup", "doctor"
        }) {
            assertEquals(0, run(command, "--help"), command);
        }
    }
}
