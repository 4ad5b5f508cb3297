package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A large backfill against the real limit: never refused, and not slower than it has to be. */
@Tag("long")
@Timeout(400)
@Isolated("reads what the process prints")
class GovernedBackfillTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final long TRADES = 1_000_000;
    private static final int LIMIT = 6_000;

    @TempDir
    Path folder;

    private static Exchange market() throws Exception {
        Exchange market = Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(3, Optional.empty()))
                .withSpeed(Speed.MAX)
                .withWeightPerMinute(LIMIT));
        try (HttpClient client = HttpClient.newHttpClient()) { // the market plays for a client
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("ws://127.0.0.1:%d/ws/btcusdt@aggTrade".formatted(market.port())),
                            new WebSocket.Listener() {})
                    .join();
            await().atMost(Duration.ofMinutes(2)).until(() -> market.tradesSent() >= TRADES);
            socket.abort();
        }
        return market;
    }

    private Said backfill(Exchange market, String name) {
        return Said.by(
                "backfill",
                "BTCUSDT",
                "--db",
                folder.resolve(name).toString(),
                "--rest-url",
                "http://127.0.0.1:" + market.port(),
                "--from",
                "2020-01-01");
    }

    private long stored(String name) {
        try (History history = History.open(folder.resolve(name))) {
            return history.tradeCount(TAPE);
        }
    }

    @Test
    void aMillionTradesAreFetchedBelowTheLimitAndAtFortyPercentOfItOrMore() throws Exception {
        try (Exchange market = market()) {
            long began = System.nanoTime();
            Said said = backfill(market, "tape.db");
            double minutes = (System.nanoTime() - began) / 60e9;
            assertEquals(0, said.exitCode(), said.out());
            assertTrue(stored("tape.db") >= TRADES, said.out());
            assertNeverRefused(market);
            double share = market.weights().total() / (LIMIT * minutes);
            assertTrue(share >= 0.4, "used %.2f of the limit, seed 3".formatted(share));
        }
    }

    private static void assertNeverRefused(Exchange market) {
        assertEquals(
                0,
                market.traffic().answers().entrySet().stream()
                        .filter(answer -> answer.getKey() == 429 || answer.getKey() == 418)
                        .mapToLong(answer -> answer.getValue())
                        .sum(),
                "answers by status: " + market.traffic().answers());
        assertTrue(
                market.weights().most() <= LIMIT, "weight " + market.weights().most());
    }
}
