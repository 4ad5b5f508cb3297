package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Health.State;
import io.tapekeeper.health.Latency;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.limit.RateGovernor;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TapeHealthMonitorTest {
    private static final long TRADED = 1_764_000_000_000_000L; // epoch microseconds

    private final FeedState feed = new FeedState("connecting to the venue");
    private final LiveView view = new LiveView(10, () -> 0);
    private final Venue venue = new Binance(
            URI.create("http://127.0.0.1:1"),
            URI.create("ws://127.0.0.1:1"),
            ConnectionSettings.defaults(),
            RateGovernor.inMemory("the-venue", InstantSource.system()));
    private final ClockOffsetMonitor clock = new ClockOffsetMonitor(
            venue,
            InstantSource.fixed(Instant.EPOCH.plusSeconds(TRADED / 1_000_000).plusMillis(700)));
    private TapeHealth.Progress progress = new TapeHealth.Progress(0, 0, 20, 20);
    private final TapeHealth tape = tape(TapeKind.AGGREGATE);
    private TapeHealthMonitor monitor = monitor(tape);

    private TapeHealth tape(TapeKind kind) {
        Series series = new Series(
                new TapeId("binance", "BTCUSDT", kind, false),
                new Instrument("binance", "BTCUSDT", 1_000_000, 1_000),
                Preset.CLASSIC.label(),
                Interval.SECOND);
        view.addSeries(series, SeriesInfo.live(series, Preset.CLASSIC));
        return new TapeHealth(series, () -> progress, 0);
    }

    private TapeHealthMonitor monitor(TapeHealth one) {
        return new TapeHealthMonitor(List.of(one), feed, new VenueTimes(clock, true, true), view, () -> 0);
    }

    @AfterEach
    void close() {
        venue.close();
    }

    private static long nanos(double second) {
        return Math.round(second * 1e9);
    }

    /** The tape thread publishes, and the monitor looks at once. */
    private Health lookAt(double second) {
        feed.published(nanos(second));
        monitor.look(nanos(second));
        return monitor.latest().values().iterator().next();
    }

    private void connectAndTradeUpTo(int second) {
        feed.connected(nanos(0.5));
        lookAt(0.5);
        for (int now = 1; now <= second; now++) {
            progress = new TapeHealth.Progress(now, TRADED, 20, 20);
            assertEquals(State.LIVE, lookAt(now).state(), "at second " + now);
        }
    }

    @Test
    void isDisconnectedWithTheReasonUntilTheFeedDelivers() {
        Health before = lookAt(0.25);
        assertEquals(State.DISCONNECTED, before.state());
        assertEquals("connecting to the venue", before.reason());
        feed.connected(nanos(0.3));
        progress = new TapeHealth.Progress(0, 0, 3, 20);
        assertEquals(State.WARMING_UP, lookAt(0.5).state());
        progress = new TapeHealth.Progress(1, TRADED, 20, 20);
        Health live = lookAt(0.75);
        assertEquals(State.LIVE, live.state());
        assertEquals("", live.reason());
        assertEquals(700, live.lastTradeAgeMillis());
        assertFalse(live.agesMeaningful(), "the venue's clock was never measured");
        feed.disconnected("the socket broke");
        Health after = lookAt(1);
        assertEquals(State.DISCONNECTED, after.state());
        assertEquals("the socket broke", after.reason());
        assertEquals(after, view.health(tape.series()));
    }

    @Test
    void isStaleAfterTwentyUsualPausesAndThreeSecondsForTheVenueToBeAsked() {
        connectAndTradeUpTo(30); // the first pause was half a second: the usual one is nearly 0.9 s
        long limit = lookAt(30.1).staleAfterMillis();
        assertTrue(limit > 20_000 && limit < 21_000, "limit " + limit);
        assertEquals(State.LIVE, lookAt(30 + limit / 1e3 - 0.01).state());
        Health stale = lookAt(30 + limit / 1e3 + 0.01);
        assertEquals(State.STALE, stale.state());
        assertEquals("nothing came for 20 s", stale.reason());
    }

    @Test
    void aSilenceThatTheVenueConfirmsIsLiveAndQuietAfterTwoMinutes() {
        connectAndTradeUpTo(2);
        feed.quiet("BTCUSDT", nanos(7));
        Health quiet = lookAt(60);
        assertEquals(State.LIVE, quiet.state());
        assertEquals("quiet: the venue has nothing newer", quiet.reason());
        assertEquals(123_000, quiet.staleAfterMillis());
        lookAt(122);
        assertFalse(tape.isQuiet());
        lookAt(122.1);
        assertTrue(tape.isQuiet());
        feed.quiet("ETHUSDT", nanos(125)); // another's
        assertEquals(State.STALE, lookAt(130.1).state());
        progress = new TapeHealth.Progress(3, TRADED, 20, 20);
        assertEquals("", lookAt(131).reason());
        assertFalse(tape.isQuiet());
    }

    @Test
    void aConnectionCountsTheSilenceFromItsBeginning() {
        connectAndTradeUpTo(2);
        feed.disconnected("the socket broke");
        lookAt(3);
        feed.connected(nanos(40));
        assertEquals(State.LIVE, lookAt(40.1).state());
    }

    @Test
    void continuesFromRestWithoutASocketUntilRestBringsNothingEither() {
        connectAndTradeUpTo(2);
        feed.disconnected("the socket broke");
        tape.byRest(true);
        Health byRest = lookAt(3);
        assertEquals(State.LIVE, byRest.state());
        assertEquals("from REST, for want of a socket: the socket broke", byRest.reason());
        Health silent = lookAt(60);
        assertEquals(State.DISCONNECTED, silent.state());
        assertEquals("the socket broke", silent.reason());
    }

    @Test
    void showsWhatWasReadOfTheStoreAndTheRateOfTheLastFiveSeconds() {
        tape.stored(new TapeHealth.Stored(99, Completeness.WHOLE, new Latency(12, 80)));
        feed.connected(nanos(0.5));
        assertTrue(Double.isNaN(lookAt(1).tradesPerSecond()));
        progress = new TapeHealth.Progress(20, TRADED, 20, 20);
        Health health = lookAt(5); // twenty in five seconds
        assertEquals(4, health.tradesPerSecond());
        assertEquals(99, health.storedTrades());
        assertEquals(Completeness.WHOLE, health.completeness());
        assertEquals(new Latency(12, 80), health.latency());
    }

    @Test
    void reportsNothingWhileTheTapeThreadStandsStill() {
        connectAndTradeUpTo(1);
        feed.disconnected("the socket broke"); // published with the next snapshots
        monitor.look(nanos(100));
        assertEquals(State.LIVE, monitor.latest().get(tape.series()).state());
        assertEquals(State.DISCONNECTED, lookAt(101).state());
    }

    @Test
    void aPolledPriceIsStaleAfterTwoIntervalsAndTheTimeOfAnAnswer() {
        TapeHealth polled = tape(TapeKind.POLL);
        monitor = monitor(polled);
        feed.connected(0);
        Health health = lookAt(1);
        assertEquals(8_000, health.staleAfterMillis()); // 2 * 1 s + 3 s, and 3 s for the venue to be asked
        assertTrue(Double.isNaN(health.tradesPerSecond()));
        assertEquals(State.STALE, lookAt(8.1).state());
    }
}
