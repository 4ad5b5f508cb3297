package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.IdProbe;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.SimulatedVenue;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.limit.VenueErrors;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * Asks Binance single questions over HTTP.
 *
 * <p>Every method blocks until the answer is complete or the time-out of the settings is over, and throws a
 * {@link VenueException} whose message can be shown as it is. Where Binance asks for a pause (429, 418) or refuses us
 * (403, 451), all calls of this object fail at once, as REFUSED with how long and until when, until the pause is over.
 * Every call first takes its weight from the governor; it asks as LIVE unless it says otherwise. Any thread may call.
 */
public final class BinanceRest implements TradeHistory, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BinanceRest.class.getName());
    private static final int CLOCK_SAMPLES = 5;
    private static final int MAY_FAIL = 2; // of those

    private static final int PAGE = 1_000; // the venue's longest

    private static final int AGGREGATE_WEIGHT = 4;
    private static final int RAW_WEIGHT = 25;

    private final List<BinanceHttp> hosts;
    private final AtomicInteger inUse = new AtomicInteger(); // index of hosts, never goes back
    private final ConnectionSettings settings;
    private final RateGovernor governor;

    /** With a governor of its own that forgets at its end. */
    public BinanceRest(URI restUrl, ConnectionSettings settings) {
        this(restUrl, settings, RateGovernor.inMemory(restUrl.getAuthority(), settings.clock()));
    }

    /** Where the address is one of binance.com's, its host for market data only stands by. */
    public BinanceRest(URI restUrl, ConnectionSettings settings, RateGovernor governor) {
        this(
                restUrl,
                settings,
                governor,
                BinanceHosts.isMain(restUrl) ? List.of(URI.create(BinanceHosts.DATA_REST)) : List.of());
    }

    /**
     * @param restUrl for example {@code https://api.binance.com}; a path such as {@code /api/v3} at its end is left out
     * @param governor shared by all that ask this venue; remains the caller's to close
     * @param otherwise hosts to go on with where one does not serve this location (HTTP 451)
     */
    public BinanceRest(URI restUrl, ConnectionSettings settings, RateGovernor governor, List<URI> otherwise) {
        this.hosts = Stream.concat(Stream.of(restUrl), otherwise.stream())
                .map(url -> url.toString().replaceFirst("(/api(/v3)?)?/*$", ""))
                .map(url -> new BinanceHttp(URI.create(url), settings, governor))
                .toList();
        this.settings = settings;
        this.governor = governor;
    }

    /** As {@link io.tapekeeper.venue.Venue#instruments}; a symbol that is listed but not trading now is logged. */
    public List<Instrument> instruments(List<String> symbols) {
        return new SymbolLookup(this::exchangeInfo, this::listed).instruments(symbols);
    }

    private JsonAnswer exchangeInfo(List<String> symbols) {
        JsonAnswer info = get("exchangeInfo?" + query(symbols), 20);
        BinanceAnswers.weightLimit(info).ifPresent(governor::limit);
        return info;
    }

    /** Of all lists of symbols this is the shortest: weight 4, one line each. */
    private List<String> listed() {
        return get("ticker/price", 4).items().stream()
                .map(entry -> entry.text("symbol"))
                .toList();
    }

    /** The venue's clock now, epoch microseconds. */
    public long serverTimeMicros() {
        return get("time", 1).time("serverTime");
    }

    /**
     * Measures the venue's clock against ours: serverTime − (sent + received) / 2, the median of five, of which two may
     * fail.
     */
    public ClockOffset clockOffset() {
        List<ClockOffset> samples = new ArrayList<>();
        int failed = 0;
        while (samples.size() + failed < CLOCK_SAMPLES) {
            try {
                samples.add(clockSample(settings.requestTimeout()));
            } catch (VenueException e) {
                failed++;
                if (failed > MAY_FAIL) {
                    throw e;
                }
            }
        }
        samples.sort(Comparator.comparingLong(ClockOffset::micros));
        return samples.get(samples.size() / 2);
    }

    /** One measurement of the venue's clock. */
    ClockOffset clockSample(Duration timeout) {
        return ask(host -> {
            host.admit(1, Priority.LIVE, timeout); // waiting for our turn is no part of the way
            long sent = EpochMicros.of(settings.clock().instant());
            long start = System.nanoTime(); // the length is measured by a clock that nobody sets
            long server = host.ask("/api/v3/time", timeout).time("serverTime");
            long roundTrip = (System.nanoTime() - start) / 1_000;
            return new ClockOffset(server - (sent + roundTrip / 2), roundTrip);
        });
    }

    @Override
    public OptionalLong newestId(String symbol, TapeKind kind) {
        String one = "?limit=1&" + query(List.of(symbol));
        return switch (kind) {
            case AGGREGATE -> newest(get("aggTrades" + one, AGGREGATE_WEIGHT), "a");
            case RAW -> newest(get("trades" + one, RAW_WEIGHT), "id");
            case POLL -> throw noIds();
        };
    }

    private static OptionalLong newest(JsonAnswer trades, String id) {
        return trades.items().stream().mapToLong(trade -> trade.integer(id)).max();
    }

    private static IllegalArgumentException noIds() {
        return new IllegalArgumentException("polled prices have no ids");
    }

    @Override
    public TradePage tradesFrom(String symbol, TapeKind kind, long fromId, int limit, Priority purpose) {
        String asked = "?fromId=" + fromId + "&limit=" + limit + "&" + query(List.of(symbol));
        JsonAnswer answer = switch (kind) {
            case AGGREGATE -> get("aggTrades" + asked, AGGREGATE_WEIGHT, purpose);
            case RAW -> ask(host -> historical(host, asked, purpose));
            case POLL -> throw noIds();
        };
        long now = EpochMicros.of(settings.clock().instant());
        return BinanceAnswers.page(answer, kind, fromId, limit, now);
    }

    private JsonAnswer historical(BinanceHttp host, String asked, Priority purpose) {
        if (BinanceHosts.isDataOnly(host.address())) {
            throw host.notServed(); // documented; not worth asking
        }
        return host.get(BinanceHttp.HISTORICAL_TRADES + asked, RAW_WEIGHT, purpose, settings.requestTimeout());
    }

    /** That of a raw tape is found through the aggregates. */
    @Override
    public OptionalLong firstIdAt(String symbol, TapeKind kind, long timeMicros) {
        return switch (kind) {
            case AGGREGATE ->
                aggregatesSince(symbol, timeMicros, 1).stream()
                        .mapToLong(aggregate -> aggregate.integer("a"))
                        .findFirst();
            case RAW -> // of a blanked aggregate the raw ids are not known any more
                aggregatesSince(symbol, timeMicros, PAGE).stream()
                        .filter(aggregate -> !BinanceAnswers.isBlanked(aggregate))
                        .mapToLong(aggregate -> aggregate.integer("f"))
                        .findFirst();
            case POLL -> throw noIds();
        };
    }

    /** The aggregates from a time on, epoch microseconds; asked as repair. */
    public List<JsonAnswer> aggregatesSince(String symbol, long timeMicros, int limit) {
        return aggregates(symbol, "startTime=%d&limit=%d&".formatted(timeMicros, limit));
    }

    /** The aggregates from an id on, or from the next one that the venue has; asked as repair. */
    public List<JsonAnswer> aggregatesFrom(String symbol, long fromId, int limit) {
        return aggregates(symbol, "fromId=%d&limit=%d&".formatted(fromId, limit));
    }

    private List<JsonAnswer> aggregates(String symbol, String asked) {
        return get("aggTrades?" + asked + query(List.of(symbol)), AGGREGATE_WEIGHT, Priority.REPAIR)
                .items();
    }

    /**
     * The venue's own bars, ascending from the first that opens at or after {@code startMicros}; the last may still be
     * open. A length that the venue does not offer is REFUSED.
     *
     * @param startMicros epoch microseconds
     * @param limit 1 to 1,000
     */
    public List<Kline> klines(String symbol, Interval interval, long startMicros, int limit, Priority purpose) {
        String asked = "interval=%s&startTime=%d&limit=%d&".formatted(interval, startMicros, limit);
        return get("klines?" + asked + query(List.of(symbol)), 2, purpose).items().stream()
                .map(BinanceAnswers::kline)
                .toList();
    }

    /**
     * The last price of each symbol, in units of 1e-8, asked for in one request. A symbol that the answer leaves out,
     * or that has never traded, is absent.
     */
    public Map<String, Long> prices(List<String> symbols) {
        return prices(symbols, settings.requestTimeout());
    }

    Map<String, Long> prices(List<String> symbols, Duration timeout) {
        Map<String, Long> prices = new LinkedHashMap<>();
        String path = "/api/v3/ticker/price?" + query(symbols);
        int weight = symbols.size() == 1 ? 2 : 4;
        JsonAnswer tickers = ask(host -> host.get(path, weight, Priority.LIVE, timeout));
        for (JsonAnswer ticker : tickers.items()) {
            long price = ticker.decimal("price");
            if (price > 0) {
                prices.put(ticker.text("symbol"), price);
            }
        }
        return prices;
    }

    /**
     * Whether this is a local exchange and not Binance: it answers {@code GET /sim/state} with
     * {@code {"source":…,"speed":…}}. Any other answer to that, be it 404 or a web page, is empty.
     *
     * @throws VenueException UNREACHABLE where no answer came, or one of a server in trouble, and REFUSED in a pause
     *     and where the answer asks for one: then nothing is known, and a simulated market must never be taken for a
     *     real one
     */
    public Optional<SimulatedVenue> simulation() {
        BinanceHttp host = hosts.getFirst();
        host.admit(1, Priority.LIVE, settings.requestTimeout()); // Binance counts whatever it gets
        HttpResponse<byte[]> response = host.send("/sim/state", settings.requestTimeout());
        host.heed(response);
        if (response.statusCode() != 200) {
            return Optional.empty();
        }
        try {
            if (BinanceJson.tree(response.body()) instanceof Map<?, ?> state
                    && state.get("source") instanceof String source
                    && state.get("speed") != null) {
                return Optional.of(new SimulatedVenue(source, state.get("speed").toString()));
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty(); // a web page, so no local exchange
        }
    }

    @Override
    public int pageSize() {
        return PAGE;
    }

    @Override
    public int weight(TapeKind kind) {
        return kind == TapeKind.RAW ? RAW_WEIGHT : AGGREGATE_WEIGHT;
    }

    /** The aggregates number the raw trades, and every host serves them. */
    @Override
    public Optional<IdProbe> probe(
            TapeId tape, IdRange wanted, long sinceMicros, AbsenceProof absence, RangeSink sink) {
        return Optional.of(new RawIdProbe(this, tape.symbol(), wanted, sinceMicros, absence, sink));
    }

    @Override
    public String host() {
        return hosts.get(inUse.get()).address().getAuthority();
    }

    /** Ends at once; calls in progress fail. */
    @Override
    public void close() {
        hosts.forEach(BinanceHttp::close);
    }

    private JsonAnswer get(String endpoint, int weight) {
        return get(endpoint, weight, Priority.LIVE);
    }

    private JsonAnswer get(String endpoint, int weight, Priority purpose) {
        return ask(host -> host.get("/api/v3/" + endpoint, weight, purpose, settings.requestTimeout()));
    }

    /** Asks the host in use, and where it does not serve our place, those after it. */
    private <T> T ask(Function<BinanceHttp, T> question) {
        while (true) {
            int asked = inUse.get();
            BinanceHttp host = hosts.get(asked);
            try {
                return question.apply(host);
            } catch (VenueException e) {
                if (!host.refusesOurPlace()) {
                    throw e;
                }
                if (asked == hosts.size() - 1) {
                    throw asked == 0 ? e : nowhere(e);
                }
                if (inUse.compareAndSet(asked, asked + 1)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0} does not serve this location (HTTP 451); going on with {1}, which"
                                    + " may lack raw trades by id.",
                            host.address().getAuthority(),
                            host());
                }
            }
        }
    }

    private VenueException nowhere(VenueException last) {
        return new VenueException(
                Kind.REFUSED, VenueErrors.nowhere(hosts.stream().map(BinanceHttp::address)), last);
    }

    /** One symbol is asked for as such, which halves the weight; several as a JSON array. */
    private static String query(List<String> symbols) {
        return symbols.size() == 1
                ? "symbol=" + URLEncoder.encode(symbols.getFirst(), UTF_8)
                : "symbols="
                        + URLEncoder.encode(
                                symbols.stream()
                                        .map(symbol -> '"' + symbol + '"')
                                        .collect(joining(",", "[", "]")),
                                UTF_8);
    }
}
