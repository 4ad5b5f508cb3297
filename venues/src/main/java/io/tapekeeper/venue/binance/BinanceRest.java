package io.tapekeeper.venue.binance;

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
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.stream.PollSource;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;

/**
 * Asks Binance single questions over HTTP.
 *
 * <p>Every method blocks until the answer is complete or the time-out of the settings is over, and throws a
 * {@link VenueException} whose message can be shown as it is. Where Binance asks for a pause (429, 418) or refuses us
 * (403, 451), all calls of this object fail at once, as REFUSED with how long and until when, until the pause is over.
 * Every call first takes its weight from the governor; it asks as LIVE unless it says otherwise. Any thread may call.
 */
public final class BinanceRest implements TradeHistory, PollSource, AutoCloseable {
    private static final int CLOCK_SAMPLES = 5;
    private static final int MAY_FAIL = 2; // of those
    private static final int PAGE = 1_000; // the venue's longest
    private static final int RAW_WEIGHT = 25;

    private final BinanceClient client;
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
    BinanceRest(URI restUrl, ConnectionSettings settings, RateGovernor governor, List<URI> otherwise) {
        this.client = new BinanceClient(restUrl, settings, governor, otherwise);
        this.settings = settings;
        this.governor = governor;
    }

    /** As {@link io.tapekeeper.venue.Venue#instruments}; a symbol that is listed but not trading now is logged. */
    public List<Instrument> instruments(List<String> symbols) {
        return new SymbolLookup(this::exchangeInfo, this::listed).instruments(symbols);
    }

    private JsonAnswer exchangeInfo(List<String> symbols) {
        JsonAnswer info = client.get("exchangeInfo?" + BinanceClient.query(symbols), 20, Priority.LIVE);
        BinanceAnswers.weightLimit(info).ifPresent(governor::limit);
        return info;
    }

    /** Of all lists of symbols this is the shortest: weight 4, one line each. */
    private List<String> listed() {
        return client.get("ticker/price", 4, Priority.LIVE).items().stream()
                .map(entry -> entry.text("symbol"))
                .toList();
    }

    /** The venue's clock now, epoch microseconds. */
    public long serverTimeMicros() {
        return client.get("time", 1, Priority.LIVE).time("serverTime");
    }

    /** The median of five samples, of which two may fail. */
    @Override
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

    /** serverTime − (sent + received) / 2. */
    @Override
    public ClockOffset clockSample(Duration timeout) {
        return client.ask(host -> {
            host.admit(1, Priority.LIVE, timeout); // waiting for our turn is no part of the way
            long sent = EpochMicros.of(settings.clock().instant());
            long start = System.nanoTime(); // the length is measured by a clock that cannot be set
            long server = host.ask("/api/v3/time", timeout).time("serverTime");
            long roundTrip = (System.nanoTime() - start) / 1_000;
            return new ClockOffset(server - (sent + roundTrip / 2), roundTrip);
        });
    }

    @Override
    public OptionalLong newestId(String symbol, TapeKind kind) {
        String one = "?limit=1&" + BinanceClient.query(List.of(symbol));
        return switch (kind) {
            case AGGREGATE -> newest(client.get("aggTrades" + one, Aggregates.WEIGHT, Priority.LIVE), "a");
            case RAW -> newest(client.get("trades" + one, RAW_WEIGHT, Priority.LIVE), "id");
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
    public TradePage tradesFrom(String symbol, TapeKind kind, long fromId, int limit, Priority priority) {
        String asked = "?fromId=" + fromId + "&limit=" + limit + "&" + BinanceClient.query(List.of(symbol));
        JsonAnswer answer = switch (kind) {
            case AGGREGATE -> client.get("aggTrades" + asked, Aggregates.WEIGHT, priority);
            case RAW -> client.ask(host -> historical(host, asked, priority));
            case POLL -> throw noIds();
        };
        long now = EpochMicros.of(settings.clock().instant());
        return BinanceAnswers.page(answer, kind, fromId, limit, now);
    }

    private JsonAnswer historical(BinanceHttp host, String asked, Priority priority) {
        if (BinanceHosts.isDataOnly(host.address())) {
            throw host.notServed(); // documented; not worth asking
        }
        return host.get(BinanceHttp.HISTORICAL_TRADES + asked, RAW_WEIGHT, priority, settings.requestTimeout());
    }

    /** That of a raw tape is found through the aggregates. */
    @Override
    public OptionalLong firstIdAt(String symbol, TapeKind kind, long timeMicros) {
        Aggregates aggregates = new Aggregates(client, symbol);
        return switch (kind) {
            case AGGREGATE ->
                aggregates.since(timeMicros, 1).stream()
                        .mapToLong(aggregate -> aggregate.integer("a"))
                        .findFirst();
            case RAW -> // of a blanked aggregate the raw ids are not known any more
                aggregates.since(timeMicros, PAGE).stream()
                        .filter(aggregate -> !BinanceAnswers.isBlanked(aggregate))
                        .mapToLong(aggregate -> aggregate.integer("f"))
                        .findFirst();
            case POLL -> throw noIds();
        };
    }

    /** The aggregates number the raw trades, and every host serves them. */
    @Override
    public Optional<IdProbe> probe(
            TapeId tape, IdRange wanted, long sinceMicros, AbsenceProof absence, RangeSink sink) {
        Aggregates aggregates = new Aggregates(client, tape.symbol());
        return Optional.of(new RawIdProbe(aggregates, wanted, sinceMicros, absence, sink));
    }

    @Override
    public int pageSize() {
        return PAGE;
    }

    @Override
    public int weight(TapeKind kind) {
        return kind == TapeKind.RAW ? RAW_WEIGHT : Aggregates.WEIGHT;
    }

    @Override
    public String host() {
        return client.host();
    }

    /** As {@link io.tapekeeper.venue.Venue#klines}. */
    public List<Kline> klines(String symbol, Interval interval, long startMicros, int limit, Priority priority) {
        String asked = "klines?interval=%s&startTime=%d&limit=%d&%s"
                .formatted(interval, startMicros, limit, BinanceClient.query(List.of(symbol)));
        return client.get(asked, 2, priority).items().stream()
                .map(BinanceAnswers::kline)
                .toList();
    }

    /** Asked for in one request. */
    @Override
    public Map<String, Long> prices(List<String> symbols, Duration timeout) {
        Map<String, Long> prices = new LinkedHashMap<>();
        int weight = symbols.size() == 1 ? 2 : 4;
        JsonAnswer tickers = client.get("ticker/price?" + BinanceClient.query(symbols), weight, Priority.LIVE, timeout);
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
        BinanceHttp host = client.preferred();
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

    /** Ends at once; calls in progress fail. */
    @Override
    public void close() {
        client.close();
    }
}
