package io.tapekeeper.exchange.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.RawTrade;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class SyntheticMarketTest {
    private static final long START = 1_723_161_255_000_001L; // no whole millisecond
    private static final Listing BTC = SyntheticMarket.listings().getFirst();

    @ParameterizedTest
    @MethodSource("listings")
    void printsWhatTheVenueWould(Listing listing) {
        for (long seed = 1; seed <= 20; seed++) {
            SyntheticMarket market = new SyntheticMarket(seed, listing, START);
            RawTrade last = market.next();
            String which = listing.symbol() + ", seed " + seed + ", ";
            assertTrue(last.time() >= START, () -> which + "starts before its start");
            for (int i = 0; i < 20_000; i++) {
                RawTrade trade = market.next();
                assertEquals(last.id() + 1, trade.id(), () -> which + "skips an id at " + trade);
                assertTrue(trade.time() >= last.time(), () -> which + "steps back at " + trade);
                assertEquals(0, trade.time() % 1000, () -> which + "no whole ms: " + trade);
                assertEquals(0, trade.price() % listing.tickSize(), () -> which + trade);
                assertEquals(0, trade.size() % listing.stepSize(), () -> which + trade);
                assertTrue(trade.price() > 0 && trade.size() > 0, () -> which + trade);
                assertTrue(market.quote().bid() > 0, () -> which + "no bid after " + trade);
                assertTrue(
                        market.quote().bid() < market.quote().ask(), () -> which + "bid and ask cross after " + trade);
                assertTrue(
                        market.quote().bidSize() > 0 && market.quote().askSize() > 0,
                        () -> which + "an empty quote after " + trade);
                assertEquals(0, market.quote().bid() % listing.tickSize());
                assertEquals(0, market.quote().ask() % listing.tickSize());
                assertEquals(0, market.quote().bidSize() % listing.stepSize());
                assertEquals(0, market.quote().askSize() % listing.stepSize());
                last = trade;
            }
        }
    }

    @Test
    void quotesOneTickMostOfTheTime() {
        for (long seed = 1; seed <= 20; seed++) {
            SyntheticMarket market = new SyntheticMarket(seed, BTC, START);
            long elapsed = 0;
            long time = START;
            long narrow = 0;
            for (int i = 0; i < 50_000; i++) {
                long spread = market.quote().ask() - market.quote().bid();
                RawTrade trade = market.next();
                narrow += spread == BTC.tickSize() ? trade.time() - time : 0;
                elapsed += trade.time() - time;
                time = trade.time();
            }
            double share = (double) narrow / elapsed;
            // hft_binance_spot_btcusdt_20240808 shows one tick during 0.993 of the time
            assertTrue(share > 0.9, "seed " + seed + ": one tick only " + share + " of the time");
        }
    }

    @Test
    void sameSeedListingAndStartGiveTheSameTradesOnEveryMachine() {
        // The checksum pins the tape: whoever changes it changes every demo and every saved state.
        assertEquals(1_603_150_199L, checksum(1, BTC, START));
    }

    @Test
    void seedListingAndStartEachGiveAnotherTape() {
        long pinned = checksum(1, BTC, START);
        assertNotEquals(pinned, checksum(2, BTC, START));
        assertNotEquals(pinned, checksum(1, SyntheticMarket.listings().get(1), START));
        assertNotEquals(pinned, checksum(1, BTC, START + 3_600_000_000L));
    }

    private static long checksum(long seed, Listing listing, long start) {
        SyntheticMarket market = new SyntheticMarket(seed, listing, start);
        CRC32 checksum = new CRC32();
        ByteBuffer bytes = ByteBuffer.allocate(4 * Long.BYTES + 1);
        for (int i = 0; i < 100_000; i++) {
            RawTrade trade = market.next();
            bytes.clear().putLong(trade.id()).putLong(trade.price()).putLong(trade.size());
            bytes.putLong(trade.time() - start).put((byte) (trade.buyerIsMaker() ? 1 : 0));
            checksum.update(bytes.flip());
        }
        return checksum.getValue();
    }

    /** Every seventh trade ends one life: in the midst of orders, of seconds and of bursts. */
    @ParameterizedTest
    @MethodSource("listings")
    void aRestoredMarketGoesOnToTheBit(Listing listing) {
        SyntheticMarket market = new SyntheticMarket(3, listing, START);
        SyntheticMarket restored = new SyntheticMarket(3, listing, START);
        for (int i = 0; i < 50_000; i++) {
            assertEquals(market.next(), restored.next(), "seed 3, trade " + i);
            assertEquals(market.quote().bid(), restored.quote().bid(), "seed 3, bid after " + i);
            assertEquals(market.quote().ask(), restored.quote().ask(), "seed 3, ask after " + i);
            assertEquals(market.quote().bidSize(), restored.quote().bidSize(), "seed 3, bid size after " + i);
            assertEquals(market.quote().askSize(), restored.quote().askSize(), "seed 3, ask size after " + i);
            if (i % 7 == 0) {
                byte[] state = restored.save();
                assertTrue(state.length < 2048, () -> state.length + " bytes");
                restored = SyntheticMarket.restore(3, listing, state);
            }
        }
    }

    @Test
    void refusesTheStateOfAnotherMarketInPlainWords() {
        byte[] state = new SyntheticMarket(3, BTC, START).save();
        assertEquals(
                "The saved state of the synthetic market of BTCUSDT is of seed 3, not 4; " + "start the market afresh.",
                refusal(4, BTC, state));
        assertEquals(
                "The saved state of the synthetic market of ETHUSDT is of another symbol; "
                        + "start the market afresh.",
                refusal(3, SyntheticMarket.listings().get(1), state));
        assertEquals(
                "The saved state of the synthetic market of BTCUSDT is cut short at 100 bytes; "
                        + "start the market afresh.",
                refusal(3, BTC, Arrays.copyOf(state, 100)));
        assertEquals(
                "The saved state of the synthetic market of BTCUSDT is 1 bytes too long; " + "start the market afresh.",
                refusal(3, BTC, Arrays.copyOf(state, state.length + 1)));
        byte[] future = state.clone();
        ByteBuffer.wrap(future).putInt(99);
        assertEquals(
                "The saved state of the synthetic market of BTCUSDT has version 99, not 1; "
                        + "start the market afresh.",
                refusal(3, BTC, future));
    }

    private static String refusal(long seed, Listing listing, byte[] state) {
        return assertThrows(IllegalArgumentException.class, () -> SyntheticMarket.restore(seed, listing, state))
                .getMessage();
    }

    @Test
    void refusesAListingThatItDoesNotKnow() {
        Listing unknown = new Listing("ABCUSDT", "ABC", "USDT", 1, 1);
        String message = assertThrows(IllegalArgumentException.class, () -> new SyntheticMarket(1, unknown, START))
                .getMessage();
        assertTrue(message.endsWith("choose one of [BTCUSDT, ETHUSDT, SOLUSDT, XRPUSDT, DOGEUSDT]."), message);
    }

    /**
     * Thirty days in one hundredth of the orders, each a tenfold move: the variance per second, the level and the pull
     * towards it, which decide where prices go in the long run, are the same.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pricesStaySaneOverThirtyDays(long seed) {
        Profile busy = Profile.of(BTC);
        Profile thin = new Profile(
                BTC,
                busy.firstId(),
                busy.price(),
                busy.annualVolatility(),
                busy.ordersPerSecond() / 100,
                busy.branching(),
                busy.singleMaker());
        SyntheticMarket market = new SyntheticMarket(seed, thin, START);
        double lowest = Double.POSITIVE_INFINITY;
        double highest = 0;
        RawTrade trade = market.next();
        while (trade.time() < START + 30 * 86_400_000_000L) {
            double price = trade.price() / 1e8;
            lowest = Math.min(lowest, price);
            highest = Math.max(highest, price);
            trade = market.next();
        }
        String range = "seed %d: %.2f to %.2f".formatted(seed, lowest, highest);
        assertTrue(lowest > 20_000 && highest < 200_000, range);
        // A month at 50 % a year has a deviation of 14 %: prices that hardly move are no market.
        assertTrue(highest / lowest > 1.08, range);
    }

    private static Stream<Long> seeds() {
        return LongStream.rangeClosed(1, 20).boxed();
    }

    private static List<Listing> listings() {
        return SyntheticMarket.listings();
    }
}
