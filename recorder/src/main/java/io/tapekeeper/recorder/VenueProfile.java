package io.tapekeeper.recorder;

import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.SimulatedVenue;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a venue said of itself, and what must not be recorded from it.
 *
 * @param instruments those asked for
 * @param simulated what it plays, where it is no real exchange
 */
public record VenueProfile(List<Instrument> instruments, Optional<SimulatedVenue> simulated) {
    private static final Logger LOG = System.getLogger(VenueProfile.class.getName());

    /** Trades whose age a venue's database may lag behind, microseconds. */
    private static final long YOUNG = Duration.ofMinutes(10).toNanos() / 1_000;

    /** What times of one tape may step back, or differ from source to source, microseconds. */
    private static final long SAME_TIME = 1_000_000;

    /** @throws VenueException where it cannot be reached, refuses, or lacks a symbol */
    public static VenueProfile ask(Venue venue, List<String> symbols) {
        Optional<SimulatedVenue> simulated = venue.simulation();
        return new VenueProfile(venue.instruments(symbols), simulated);
    }

    public boolean inventsItsTrades() {
        return inventsItsTrades(simulated);
    }

    private static boolean inventsItsTrades(Optional<SimulatedVenue> simulated) {
        return simulated.map(venue -> venue.source().equals("synthetic")).orElse(false);
    }

    public boolean playsAtLifeSpeed() {
        return simulated.map(venue -> venue.speed().equals("1")).orElse(true);
    }

    /** Whether its clock is the world's: a market that is played has a time of its own. */
    public boolean tellsTheTime() {
        return simulated.isEmpty();
    }

    public SeriesInfo describe(Series series, Preset preset) {
        boolean replay = simulated.isPresent() && !inventsItsTrades();
        return replay
                ? SeriesInfo.replay(preset, "at speed " + simulated.get().speed())
                : SeriesInfo.live(series, preset);
    }

    /** Boundaries come from a clock; a venue that runs faster or slower has none. */
    public void refusePolling() {
        if (!playsAtLifeSpeed()) {
            throw RecordingException.usage(
                    "poll mode asks by the clock, but this exchange plays at speed %s: start it with --speed 1, or record its stream"
                            .formatted(simulated.orElseThrow().speed()));
        }
    }

    /** Invented trades never stand in one file with real ones. */
    public void refuseMixing(Path db, History history) {
        refuseMixing(db, history, inventsItsTrades(), "name another file with --db");
    }

    /** Nor are they compared with each other. */
    public static void refuseComparing(Path db, History history, Venue venue) {
        refuseMixing(
                db,
                history,
                inventsItsTrades(venue.simulation()),
                "name the market's own address with --rest-url, or --klines off");
    }

    private static void refuseMixing(Path db, History history, boolean invented, String remedy) {
        if (history.series().stream().anyMatch(one -> one.tape().simulated() != invented)) {
            throw RecordingException.usage("%s holds %s trades, and this market is %s: %s"
                    .formatted(db, invented ? "real" : "simulated", invented ? "simulated" : "real", remedy));
        }
    }

    /**
     * A store that knows more than the venue was not recorded from it, unless its trades are so young that the venue's
     * database may lag behind its own stream. Waits for no lag.
     */
    public static void refuseAnotherTape(Path db, TapeId tape, History history, Venue venue) {
        OptionalLong stored = history.lastTradeId(tape);
        if (tape.kind() == TapeKind.POLL || stored.isEmpty()) {
            return;
        }
        long last = stored.getAsLong();
        OptionalLong newest;
        try {
            newest = venue.history().newestId(tape.symbol(), tape.kind());
            if (newest.isEmpty() || newest.getAsLong() >= last) {
                return;
            }
            Trade ours = trade(tape, history, last).orElseThrow();
            if (isOf(newestTrade(tape, newest.getAsLong(), venue.history()), tape, history, ours)
                    .orElseGet(() -> venue.serverTimeMicros() - ours.venueTime() < YOUNG)) {
                LOG.log(
                        Level.INFO,
                        "{0}: the venue''s database has trades up to id {1} and lags behind the"
                                + " stored ones, up to id {2}",
                        tape.symbol(),
                        Long.toString(newest.getAsLong()),
                        Long.toString(last));
                return;
            }
        } catch (VenueException e) {
            LOG.log(Level.WARNING, "the venue''s newest trade is not known", e);
            return;
        }
        throw RecordingException.outside(
                "%s holds %s trades up to id %d, but the venue's newest is %d, so it was recorded from another venue: name another file with --db"
                        .formatted(db, tape.symbol(), last, newest.getAsLong()));
    }

    /** Empty where the venue does not serve it. */
    private static Optional<Trade> newestTrade(TapeId tape, long newest, TradeHistory venue) {
        try {
            return venue.tradesFrom(tape.symbol(), tape.kind(), newest, 1, Priority.LIVE).trades().stream()
                    .filter(trade -> trade.id() == newest)
                    .findFirst();
        } catch (VenueException e) {
            if (e.kind() != VenueException.Kind.NOT_SERVED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Whether a trade of the venue, older by its id than the last one stored, is of the stored tape: one id is one
     * trade, and a later id was not traded earlier. Empty where neither shows it.
     */
    private static Optional<Boolean> isOf(Optional<Trade> venues, TapeId tape, History history, Trade last) {
        if (venues.isEmpty()) {
            return Optional.empty();
        }
        Trade theirs = venues.get();
        Optional<Trade> ours = trade(tape, history, theirs.id());
        if (ours.isPresent()) {
            long apart = Math.abs(ours.get().venueTime() - theirs.venueTime());
            return Optional.of(ours.get().sameContent(theirs) && apart <= SAME_TIME);
        }
        return theirs.venueTime() > last.venueTime() + SAME_TIME ? Optional.of(false) : Optional.empty();
    }

    private static Optional<Trade> trade(TapeId tape, History history, long id) {
        List<Trade> found = new ArrayList<>();
        history.trades(tape, id, id + 1, found::add);
        return found.stream().findFirst();
    }
}
