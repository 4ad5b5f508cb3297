package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
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
import tools.jackson.core.JacksonException;

/**
 * Asks Binance single questions over HTTP.
 *
 * <p>Every method blocks until the answer is complete or the time-out of the settings is over, and
 * throws a {@link VenueException} whose message can be shown as it is. Where Binance asks for a
 * pause (429, 418) or refuses us (403, 451), all calls of this object fail at once, as REFUSED with
 * how long and until when, until the pause is over. Any thread may call.
 */
public final class BinanceRest implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BinanceRest.class.getName());
    private static final int CLOCK_SAMPLES = 5;

    private final BinanceHttp http;
    private final Settings settings;

    /**
     * @param restUrl for example {@code https://api.binance.com}; a path such as {@code /api/v3} at
     *     its end is left out
     */
    public BinanceRest(URI restUrl, Settings settings) {
        URI address = URI.create(restUrl.toString().replaceFirst("(/api(/v3)?)?/*$", ""));
        this.http = new BinanceHttp(address, settings);
        this.settings = settings;
    }

    /**
     * Looks the symbols up, in any case and with or without a separator ({@code btc-usdt}), and
     * returns each once, in the order asked for. A symbol that is listed but not trading now is
     * accepted and logged.
     *
     * @throws VenueException UNKNOWN_SYMBOL names the nearest symbols that exist
     */
    public List<Instrument> instruments(List<String> symbols) {
        List<String> wanted =
                symbols.stream()
                        .map(NearestSymbols::spelled)
                        .filter(symbol -> !symbol.isEmpty())
                        .distinct()
                        .toList();
        if (wanted.isEmpty()) {
            throw new VenueException(
                    Kind.UNKNOWN_SYMBOL, "No symbol was given. Name one, for example BTCUSDT.");
        }
        Map<String, Instrument> listed = new LinkedHashMap<>();
        try {
            for (Answer entry : get("exchangeInfo?" + query(wanted)).at("symbols").items()) {
                Instrument instrument = instrument(entry);
                listed.put(instrument.symbol(), instrument);
            }
        } catch (VenueException e) {
            // That one is unknown it says, but not which one.
            throw e.kind() == Kind.UNKNOWN_SYMBOL ? unknown(wanted) : e;
        }
        if (!listed.keySet().containsAll(wanted)) {
            throw unknown(wanted);
        }
        return wanted.stream().map(listed::get).toList();
    }

    private static Instrument instrument(Answer entry) {
        String symbol = entry.text("symbol");
        String status = entry.text("status");
        if (!status.equals("TRADING")) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is listed but does not trade now (status {1})",
                    symbol,
                    status);
        }
        long priceStep = 0;
        long sizeStep = 0;
        for (Answer filter : entry.at("filters").items()) { // by name: their order is not promised
            switch (filter.text("filterType")) {
                case "PRICE_FILTER" -> priceStep = filter.decimal("tickSize");
                case "LOT_SIZE" -> sizeStep = filter.decimal("stepSize");
                default -> {} // rules for orders, which we do not send
            }
        }
        return new Instrument("binance", symbol, priceStep, sizeStep);
    }

    private VenueException unknown(List<String> wanted) {
        // Of all lists of symbols this is the shortest: weight 4, one line each.
        List<String> known =
                get("ticker/price").items().stream().map(entry -> entry.text("symbol")).toList();
        String sentences =
                wanted.stream()
                        .filter(symbol -> !known.contains(symbol))
                        .map(symbol -> suggestion(symbol, NearestSymbols.of(symbol, known, 3)))
                        .collect(joining(" "));
        return new VenueException(
                Kind.UNKNOWN_SYMBOL,
                sentences.isEmpty()
                        ? "Binance spot does not list one of %s now. Try them one by one."
                                .formatted(String.join(", ", wanted))
                        : sentences);
    }

    private static String suggestion(String symbol, List<String> nearest) {
        return "%s is not traded on Binance spot. %s"
                .formatted(
                        BinanceJson.clip(symbol, 40),
                        nearest.isEmpty()
                                ? "Symbols there look like BTCUSDT."
                                : "Nearest: " + String.join(", ", nearest) + ".");
    }

    /** The venue's clock now, epoch microseconds. */
    public long serverTimeMicros() {
        return serverTimeMicros(settings.requestTimeout());
    }

    private long serverTimeMicros(Duration timeout) {
        Answer answer = http.get("/api/v3/time", timeout);
        long micros = VenueTime.toMicros(answer.integer("serverTime"));
        if (micros == VenueTime.IMPOSSIBLE) {
            throw answer.notAsPromised("serverTime");
        }
        return micros;
    }

    /**
     * Measures the venue's clock against ours: serverTime − (sent + received) / 2, the median of
     * five.
     */
    public ClockOffset clockOffset() {
        List<ClockOffset> samples = new ArrayList<>();
        for (int i = 0; i < CLOCK_SAMPLES; i++) {
            samples.add(clockSample(settings.requestTimeout()));
        }
        samples.sort(Comparator.comparingLong(ClockOffset::micros));
        return samples.get(CLOCK_SAMPLES / 2);
    }

    /** One measurement of the venue's clock. */
    ClockOffset clockSample(Duration timeout) {
        long sent = VenueTime.micros(settings.clock().instant());
        long start = System.nanoTime(); // the length is measured by a clock that nobody sets
        long server = serverTimeMicros(timeout);
        long roundTrip = (System.nanoTime() - start) / 1_000;
        return new ClockOffset(server - (sent + roundTrip / 2), roundTrip);
    }

    /** The newest id on the symbol's tape of this kind; empty where it never traded. */
    public OptionalLong newestId(String symbol, TapeKind kind) {
        String one = "?limit=1&symbol=" + URLEncoder.encode(symbol, UTF_8);
        return switch (kind) {
            case AGGREGATE -> newest(get("aggTrades" + one), "a");
            case RAW -> newest(get("trades" + one), "id");
            case POLL -> throw new IllegalArgumentException("polled prices have no ids");
        };
    }

    private static OptionalLong newest(Answer trades, String id) {
        return trades.items().stream().mapToLong(trade -> trade.integer(id)).max();
    }

    /**
     * The last price of each symbol, in units of 1e-8, asked for in one request. A symbol that the
     * answer leaves out, or that has never traded, is absent.
     */
    public Map<String, Long> prices(List<String> symbols) {
        return prices(symbols, settings.requestTimeout());
    }

    Map<String, Long> prices(List<String> symbols, Duration timeout) {
        Map<String, Long> prices = new LinkedHashMap<>();
        for (Answer ticker : http.get("/api/v3/ticker/price?" + query(symbols), timeout).items()) {
            long price = ticker.decimal("price");
            if (price > 0) {
                prices.put(ticker.text("symbol"), price);
            }
        }
        return prices;
    }

    /**
     * Whether this is a local exchange and not Binance: it answers {@code GET /sim/state} with
     * {@code {"source":…,"speed":…}}. Any other answer, be it 404, a web page or a refusal, is
     * empty.
     *
     * @throws VenueException UNREACHABLE where no answer came: then nothing is known, and a
     *     simulated market must never be taken for a real one
     */
    public Optional<SimulatedVenue> simulation() {
        HttpResponse<byte[]> response = http.send("/sim/state", settings.requestTimeout());
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

    /** The weight that the venue counted against our address in its current minute. */
    public int usedWeight() {
        return http.usedWeight();
    }

    /** Ends at once; calls in progress fail. */
    @Override
    public void close() {
        http.close();
    }

    private Answer get(String endpoint) {
        return http.get("/api/v3/" + endpoint, settings.requestTimeout());
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
