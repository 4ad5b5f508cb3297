package io.tapekeeper.venue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A place where trades are printed, with all that a recorder asks of it. One package per venue implements it; what is
 * the same for all of them (sockets, budgets, sessions, ranges) lives in the packages beside.
 *
 * <p>Every question blocks until its answer is complete or the venue's time-out is over, and throws a
 * {@link VenueException} whose message can be shown as it is. Any thread may call.
 */
public interface Venue extends AutoCloseable {
    /**
     * Looks symbols up, in any case and with or without a separator, and returns each once, in the order asked for.
     *
     * @throws VenueException UNKNOWN_SYMBOL names the nearest symbols that exist
     */
    List<Instrument> instruments(List<String> symbols);

    /**
     * What the venue plays, where it is a local exchange and not the real one.
     *
     * @throws VenueException where that is not known: a simulated market must never be taken for a real one
     */
    Optional<SimulatedVenue> simulation();

    /** Measures the venue's clock against ours. */
    ClockOffset clockOffset();

    /** The venue's clock now, epoch microseconds. */
    long serverTimeMicros();

    /**
     * The venue's own bars, ascending from the first that opens at or after {@code startMicros}; the last may still be
     * open.
     *
     * @param startMicros epoch microseconds
     * @param limit 1 to 1,000
     * @throws VenueException REFUSED where the venue has no bars of this length
     */
    List<Kline> klines(String symbol, Interval interval, long startMicros, int limit, Priority priority);

    /** What was traded before; it is the venue's, and ends with it. */
    TradeHistory history();

    /** What is left of the weight that the venue grants this address. */
    RateState rate();

    /** How long a question of this weight would have to wait now, a ban included; takes nothing. */
    Duration waitFor(int weight, Priority priority);

    /**
     * Trades as the venue prints them; not started yet, and the caller's to close.
     *
     * @param kind AGGREGATE or RAW
     * @param redundant two sockets carry each part all the time, and every trade comes twice
     * @param newest decides whether a silent symbol is a quiet market or a socket that keeps trades back
     */
    Feed stream(
            List<Instrument> instruments,
            TapeKind kind,
            boolean redundant,
            NewestIdSource newest,
            FeedListener listener);

    /** Prices at every boundary of an interval; not started yet, and the caller's to close before the venue. */
    Feed poll(List<Instrument> instruments, Interval every, FeedListener listener);

    /** Ends at once: questions in progress and later ones fail. May be called again. */
    @Override
    void close();
}
