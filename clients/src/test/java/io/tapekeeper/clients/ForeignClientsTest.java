package io.tapekeeper.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import info.bitrich.xchangestream.binance.BinanceStreamingExchange;
import info.bitrich.xchangestream.core.ProductSubscription;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchange.ExchangeSpecification;
import org.knowm.xchange.currency.CurrencyPair;
import org.knowm.xchange.dto.Order.OrderType;
import org.knowm.xchange.dto.marketdata.Ticker;
import org.knowm.xchange.instrument.Instrument;

/** What others wrote for Binance works with the local exchange, told nothing but where it is. */
@Timeout(120)
class ForeignClientsTest {
    private static final int TRADES = 500;
    private static final long SEED = 20240808;
    private static final Instrument BTC = CurrencyPair.BTC_USDT;

    @TempDir private static Path folder;
    private static LocalExchange exchange;

    @BeforeAll
    static void start() throws IOException {
        exchange = LocalExchange.start(folder.resolve("market"), SEED);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        exchange.close();
    }

    /** One trade as a library hands it out. */
    private record Seen(long id, BigDecimal price, BigDecimal size, boolean buyerIsMaker) {}

    @Test
    void xchangeSeesEveryTradeOfTheTapeAndTheQuoteAroundIt() throws Exception {
        Local client = new Local();
        client.applySpecification(client.getDefaultExchangeSpecification());
        assertTrue(client.getExchangeInstruments().contains(BTC), "no list of markets");
        client.connect(ProductSubscription.create().addTrades(BTC).addTicker(BTC).build())
                .blockingAwait();
        var market = client.getStreamingMarketDataService();
        var trades =
                market.getTrades(BTC)
                        .take(TRADES)
                        .map(trade ->
                                new Seen(
                                        Long.parseLong(trade.getId()),
                                        trade.getPrice(),
                                        trade.getOriginalAmount(),
                                        trade.getType() == OrderType.BID))
                        .toList();
        Ticker ticker = market.getTicker(BTC).blockingFirst();
        assertTrue(ticker.getBid().compareTo(ticker.getAsk()) < 0, ticker.toString());
        List<Seen> seen = trades.blockingGet();
        client.disconnect().blockingAwait();
        assertOnTheTape(seen);
    }

    @Test
    void ccxtSeesEveryTradeOfTheTape() throws Exception {
        Path output = folder.resolve("ccxt.txt");
        Process client =
                new ProcessBuilder(
                                "node",
                                "trades.mjs",
                                exchange.address(),
                                BTC.toString(),
                                Integer.toString(TRADES))
                        .directory(Path.of("ccxt").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(
                    client.waitFor(100, TimeUnit.SECONDS), () -> "ccxt goes on: " + text(output));
        } finally {
            client.destroyForcibly();
        }
        assertEquals(0, client.exitValue(), () -> text(output));
        assertOnTheTape(
                Files.readAllLines(output).stream()
                        .map(line -> line.split(",", -1))
                        .map(cells ->
                                new Seen(
                                        Long.parseLong(cells[0]),
                                        new BigDecimal(cells[1]),
                                        new BigDecimal(cells[2]),
                                        cells[3].equals("sell")))
                        .toList());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** From the first to the last trade none is missing, and each is what was played. */
    private static void assertOnTheTape(List<Seen> seen) throws Exception {
        assertTrue(seen.size() >= TRADES, seen.size() + " trades, seed " + SEED);
        List<String[]> tape = exchange.tape("BTCUSDT", seen.getFirst().id(), seen.size());
        for (int i = 0; i < seen.size(); i++) {
            String[] played = tape.get(i);
            Seen trade = seen.get(i);
            String what = "trade %d from the first, %s, seed %d".formatted(i, trade, SEED);
            assertEquals(Long.parseLong(played[0]), trade.id(), what);
            assertEquals(0, trade.price().compareTo(new BigDecimal(played[1])), what);
            assertEquals(0, trade.size().compareTo(new BigDecimal(played[2])), what);
            assertEquals(Boolean.parseBoolean(played[4]), trade.buyerIsMaker(), what);
        }
    }

    /** XChange at another address; for the stream it has no other option than this method. */
    private static final class Local extends BinanceStreamingExchange {
        @Override
        public ExchangeSpecification getDefaultExchangeSpecification() {
            ExchangeSpecification specification = super.getDefaultExchangeSpecification();
            specification.setSslUri("http://" + exchange.address());
            specification.setHost(exchange.address().replaceFirst(":.*", ""));
            // The best bid and ask, not the summary of a day, which the local exchange does not
            // stream.
            specification.setExchangeSpecificParametersItem(USE_REALTIME_BOOK_TICKER, true);
            return specification;
        }

        @Override
        protected String getStreamingBaseUri() {
            return "ws://" + exchange.address() + "/";
        }
    }
}
