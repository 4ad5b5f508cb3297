package io.tapekeeper.app;

import io.tapekeeper.analyst.Preset;
import io.tapekeeper.dashboard.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Series;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.binance.SimulatedVenue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a venue said of itself, and what must not be recorded from it.
 *
 * @param instruments those asked for
 * @param simulated what it plays, where it is no real exchange
 */
record Venue(List<Instrument> instruments, Optional<SimulatedVenue> simulated) {
    private static final Logger LOG = System.getLogger(Venue.class.getName());
    private static final int NEWEST_TRIES = 10; // the venue's database may lag behind its stream
    private static final int MOST_NEWEST_TRIES = 60; // where the stored trades are that young
    private static final long YOUNG = Duration.ofMinutes(10).toNanos() / 1_000;
    private static final Duration NEWEST_PAUSE = Duration.ofMillis(500);

    /**
     * @throws VenueException where it cannot be reached, refuses, or lacks a symbol
     */
    static Venue ask(URI restUrl, BinanceRest rest, List<String> symbols) {
        Optional<SimulatedVenue> simulated = simulation(restUrl, rest);
        return new Venue(rest.instruments(symbols), simulated);
    }

    /**
     * What the venue plays, where it is no real exchange.
     *
     * @throws VenueException as {@link BinanceRest#simulation}
     */
    static Optional<SimulatedVenue> simulation(URI restUrl, BinanceRest rest) {
        return RunCommand.isBinance(restUrl) ? Optional.empty() : rest.simulation();
    }

    boolean inventsItsTrades() {
        return inventsItsTrades(simulated);
    }

    private static boolean inventsItsTrades(Optional<SimulatedVenue> simulated) {
        return simulated.map(venue -> venue.source().equals("synthetic")).orElse(false);
    }

    boolean playsAtLifeSpeed() {
        return simulated.map(venue -> venue.speed().equals("1")).orElse(true);
    }

    /** Whether its clock is the world's: a market that is played has a time of its own. */
    boolean tellsTheTime() {
        return simulated.isEmpty();
    }

    SeriesInfo describe(Series series, Preset preset) {
        boolean replay = simulated.isPresent() && !inventsItsTrades();
        return replay
                ? SeriesInfo.replay(preset, "at speed " + simulated.get().speed())
                : SeriesInfo.live(series, preset);
    }

    /** Boundaries are told by a clock; a venue that runs faster or slower has none to tell. */
    void refusePolling() {
        if (!playsAtLifeSpeed()) {
            throw Failure.usage(
                    "poll mode asks by the clock, but this exchange plays at speed %s: start it with --speed 1, or record its stream"
                            .formatted(simulated.orElseThrow().speed()));
        }
    }

    /** Invented trades never stand in one file with real ones. */
    void refuseMixing(Path db, History history) {
        refuseMixing(db, history, inventsItsTrades(), "name another file with --db");
    }

    /** Nor are they compared with each other. */
    static void refuseComparing(Path db, History history, URI restUrl, BinanceRest rest) {
        Optional<SimulatedVenue> simulated = simulation(restUrl, rest);
        refuseMixing(
                db,
                history,
                inventsItsTrades(simulated),
                "name the market's own address with --rest-url, or --klines off");
    }

    private static void refuseMixing(Path db, History history, boolean invented, String remedy) {
        if (history.series().stream().anyMatch(one -> one.tape().simulated() != invented)) {
            throw Failure.usage(
                    "%s holds %s trades, and this market is %s: %s"
                            .formatted(
                                    db,
                                    invented ? "real" : "simulated",
                                    invented ? "simulated" : "real",
                                    remedy));
        }
    }

    /** A store that knows more than the venue was not recorded from it. */
    static void refuseAnotherTape(
            Path db, TapeId tape, History history, BinanceRest rest, Stop stop)
            throws InterruptedException {
        OptionalLong stored = history.lastTradeId(tape);
        if (tape.kind() == TapeKind.POLL || stored.isEmpty()) {
            return;
        }
        OptionalLong newest = OptionalLong.empty();
        int tries = NEWEST_TRIES;
        for (int tried = 0; tried < tries; tried++) {
            try {
                if (tried == 0 && rest.serverTimeMicros() - lastTime(tape, history) < YOUNG) {
                    tries = MOST_NEWEST_TRIES;
                }
                newest = rest.newestId(tape.symbol(), tape.kind());
            } catch (VenueException e) {
                LOG.log(Level.WARNING, "the venue''s newest trade is not known", e);
                return;
            }
            if (newest.isEmpty() || newest.getAsLong() >= stored.getAsLong()) {
                return;
            }
            if (stop.await(NEWEST_PAUSE)) {
                return;
            }
        }
        throw Failure.outside(
                "%s holds %s trades up to id %d, but the venue's newest is %d, so it was recorded from another venue: name another file with --db"
                        .formatted(db, tape.symbol(), stored.getAsLong(), newest.getAsLong()),
                null);
    }

    private static long lastTime(TapeId tape, History history) {
        long[] time = {0};
        history.lastTradeId(tape)
                .ifPresent(
                        last -> history.trades(tape, last, trade -> time[0] = trade.venueTime()));
        return time[0];
    }
}
