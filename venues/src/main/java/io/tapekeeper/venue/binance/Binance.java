package io.tapekeeper.venue.binance;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.SimulatedVenue;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.stream.PollFeed;
import io.tapekeeper.venue.stream.StreamFeed;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Binance spot, or a local exchange that speaks as it does. Any thread may call. */
public final class Binance implements Venue {
    /** The lengths of its klines, those of a week and a month left out. */
    public static final List<String> KLINE_INTERVALS =
            List.of("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d");

    private final URI restUrl;
    private final URI streamUrl;
    private final ConnectionSettings settings;
    private final RateGovernor governor;
    private final BinanceRest rest;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param restUrl for example {@code https://api.binance.com}
     * @param streamUrl for example {@code wss://stream.binance.com:9443}
     * @param governor counts what is asked; the venue's to close
     */
    public Binance(URI restUrl, URI streamUrl, ConnectionSettings settings, RateGovernor governor) {
        this.restUrl = restUrl;
        this.streamUrl = streamUrl;
        this.settings = settings;
        this.governor = governor;
        this.rest = new BinanceRest(restUrl, settings, governor);
    }

    /** With the usual patience, and a budget that all processes of this machine share. */
    public static Binance at(URI restUrl, URI streamUrl) {
        return new Binance(restUrl, streamUrl, ConnectionSettings.defaults(), sharedGovernor(restUrl));
    }

    /** The same for questions alone. */
    public static Binance at(URI restUrl) {
        return at(restUrl, URI.create("wss://stream.binance.com:9443"));
    }

    /** A local exchange: it bans no one, and what is counted of it need not outlive this object. */
    public static Binance local(String address) {
        return new Binance(
                URI.create("http://" + address),
                URI.create("ws://" + address),
                ConnectionSettings.defaults(),
                RateGovernor.inMemory(address, InstantSource.system()));
    }

    /** The budget of an address, shared with every other process of this machine; the caller closes it. */
    public static RateGovernor sharedGovernor(URI restUrl) {
        return RateGovernor.shared(BinanceHosts.limitOf(restUrl));
    }

    @Override
    public List<Instrument> instruments(List<String> symbols) {
        return rest.instruments(symbols);
    }

    /** The exchange itself is not asked: it has no simulation to report. */
    @Override
    public Optional<SimulatedVenue> simulation() {
        return BinanceHosts.isReal(restUrl) ? Optional.empty() : rest.simulation();
    }

    @Override
    public ClockOffset clockOffset() {
        return rest.clockOffset();
    }

    @Override
    public long serverTimeMicros() {
        return rest.serverTimeMicros();
    }

    @Override
    public List<Kline> klines(String symbol, Interval interval, long startMicros, int limit, Priority priority) {
        return rest.klines(symbol, interval, startMicros, limit, priority);
    }

    @Override
    public TradeHistory history() {
        return rest;
    }

    @Override
    public RateState rate() {
        return governor.snapshot();
    }

    @Override
    public Duration waitFor(int weight, Priority priority) {
        return governor.waitFor(weight, priority);
    }

    @Override
    public Feed stream(
            List<Instrument> instruments,
            TapeKind kind,
            boolean redundant,
            NewestIdSource newest,
            FeedListener listener) {
        return new StreamFeed(
                BinanceStream.plan(BinanceStream.hosts(streamUrl), instruments, kind, redundant),
                settings,
                governor.connectBudget(),
                newest,
                listener);
    }

    @Override
    public Feed poll(List<Instrument> instruments, Interval every, FeedListener listener) {
        return new PollFeed(rest, instruments, every, listener, settings);
    }

    @Override
    public void close() {
        rest.close();
        if (closed.compareAndSet(false, true)) { // the file of the budget counts who uses it
            governor.close();
        }
    }
}
