package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.exchange.play.Speed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CaptureTest {
    private static final Path WIRE = Path.of(System.getProperty("tapekeeper.shared"), "data/wire");
    private static final Path BTCUSDT = WIRE.resolve("hft_binance_spot_btcusdt_20240808.txt.gz");
    private static final int TRADES = 9_757;

    @BeforeAll
    static void needsRecording() {
        Assumptions.assumeTrue(Files.exists(BTCUSDT), "no recording " + BTCUSDT);
    }

    private static ExchangeConfig config() {
        return ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(BTCUSDT)));
    }

    @Test
    void playsEveryTradeOfARecordingAtFullSpeed() throws Exception {
        try (Exchange exchange = Exchange.start(config().withSpeed(Speed.MAX));
                Client client = new Client(exchange);
                Client.Socket socket = client.connect("/stream?streams=btcusdt@trade")) {
            List<String> events = new ArrayList<>(socket.next(TRADES));
            assertEquals(
                    "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161255343,\"s\":\"BTCUSDT\",\"t\":3735683259,\"p\":\"61837.63000000\",\"q\":\"0.02000000\",\"T\":1723161255342,\"m\":true,\"M\":true}}",
                    events.getFirst());
        }
    }
}
