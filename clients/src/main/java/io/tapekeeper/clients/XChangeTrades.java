package io.tapekeeper.clients;

import info.bitrich.xchangestream.binance.BinanceStreamingExchange;
import info.bitrich.xchangestream.core.ProductSubscription;
import io.reactivex.rxjava3.functions.Consumer;
import java.util.concurrent.CountDownLatch;
import org.knowm.xchange.ExchangeSpecification;
import org.knowm.xchange.currency.CurrencyPair;
import org.knowm.xchange.dto.marketdata.Trade;
import org.knowm.xchange.instrument.Instrument;

/**
 * How many trades a second xchange-stream-binance makes of a socket: from the first of its trade
 * objects to the last, nothing done with them. A process of its own; module {@code benchmarks}
 * starts it.
 */
final class XChangeTrades {
    private static final Instrument BTC = CurrencyPair.BTC_USDT;

    private XChangeTrades() {}

    /** Arguments: port, trades. */
    public static void main(String[] args) throws InterruptedException {
        String address = "127.0.0.1:" + args[0];
        long trades = Long.parseLong(args[1]);
        var client = new At(address);
        client.applySpecification(client.getDefaultExchangeSpecification());
        client.connect(ProductSubscription.create().addTrades(BTC).build()).blockingAwait();
        CountDownLatch ended = new CountDownLatch(1);
        long[] seen = {0};
        long[] began = {0};
        Consumer<Trade> counted =
                trade -> {
                    if (seen[0]++ == 0) {
                        began[0] = System.nanoTime();
                    }
                    if (seen[0] == trades) {
                        double seconds = (System.nanoTime() - began[0]) / 1e9;
                        System.out.println("trades-per-second " + trades / seconds);
                        ended.countDown();
                    }
                };
        var reading =
                client.getStreamingMarketDataService()
                        .getTrades(BTC)
                        .subscribe(
                                counted,
                                failure -> {
                                    System.err.println("XChange cannot read: " + failure);
                                    System.exit(1);
                                });
        ended.await();
        reading.dispose();
        System.exit(0);
    }

    /** For the stream the library takes no other address than by this method. */
    private static final class At extends BinanceStreamingExchange {
        private final String address;

        At(String address) {
            this.address = address;
        }

        @Override
        public ExchangeSpecification getDefaultExchangeSpecification() {
            ExchangeSpecification specification = super.getDefaultExchangeSpecification();
            specification.setSslUri("http://" + address);
            specification.setHost(address.replaceFirst(":.*", ""));
            return specification;
        }

        @Override
        protected String getStreamingBaseUri() {
            return "ws://" + address + "/";
        }
    }
}
