package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.stream.Collectors.joining;

import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.core.JacksonException;

/**
 * Asks Binance single questions over HTTP.
 *
 * <p>Every method blocks until the answer is complete or the time-out of the settings is over, and
 * throws a {@link VenueException} whose message can be shown as it is. Where Binance asks for a
 * pause (429, 418) or refuses this place (403, 451), all calls of this object fail at once until
 * the pause is over: going on is what gets an address banned. Any thread may call.
 */
public final class BinanceRest implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BinanceRest.class.getName());
    private static final String API = "/api/v3";

    /** The prices of all symbols are some 200 kB; a body beyond this is no answer to us. */
    private static final int MAX_BODY = 16 << 20;

    private static final int UNKNOWN_SYMBOL = -1121;
    private static final int ILLEGAL_CHARACTERS = -1100;
    private static final int CLOCK_SAMPLES = 5;

    private final URI address;
    private final Settings settings;
    private final HttpClient client;
    private final AtomicReference<Pause> pause = new AtomicReference<>();
    private volatile int usedWeight;

    private record Pause(long until, String why) {}

    /**
     * @param restUrl for example {@code https://api.binance.com}; a path such as {@code /api/v3} at
     *     its end is left out
     */
    public BinanceRest(URI restUrl, Settings settings) {
        this.address = URI.create(restUrl.toString().replaceFirst("(/api(/v3)?)?/*$", ""));
        if (address.getHost() == null || !address.getScheme().matches("(?i)https?")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no REST address: it begins with https:// or http:// and names a host."
                            .formatted(restUrl));
        }
        this.settings = settings;
        this.client =
                HttpClient.newBuilder()
                        .connectTimeout(settings.requestTimeout())
                        // One request at a time: HTTP/2 would win nothing, and its upgrade offer
                        // confuses simple servers.
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
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
        String path = API + "/exchangeInfo?" + query(wanted);
        Object answer;
        try {
            answer = ask(path, settings.requestTimeout());
        } catch (VenueException e) {
            // It says that one is unknown, but not which.
            throw e.kind() == Kind.UNKNOWN_SYMBOL ? unknown(wanted, e) : e;
        }
        Map<String, Instrument> listed = new LinkedHashMap<>();
        for (Object entry : list(path, object(path, answer).get("symbols"))) {
            Instrument instrument = instrument(path, object(path, entry));
            listed.put(instrument.symbol(), instrument);
        }
        if (!listed.keySet().containsAll(wanted)) {
            throw unknown(wanted, null);
        }
        return wanted.stream().map(listed::get).toList();
    }

    private Instrument instrument(String path, Map<?, ?> entry) {
        String symbol = text(path, entry, "symbol");
        String status = text(path, entry, "status");
        if (!status.equals("TRADING")) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is listed but does not trade now (status {1})",
                    symbol,
                    status);
        }
        long priceStep = 0;
        long sizeStep = 0;
        for (Object each : list(path, entry.get("filters"))) {
            Map<?, ?> filter = object(path, each);
            switch (text(path, filter, "filterType")) {
                case "PRICE_FILTER" -> priceStep = decimal(path, filter, "tickSize");
                case "LOT_SIZE" -> sizeStep = decimal(path, filter, "stepSize");
                default -> {} // filters of orders, which we do not send
            }
        }
        return new Instrument("binance", symbol, priceStep, sizeStep);
    }

    private VenueException unknown(List<String> wanted, VenueException cause) {
        // Of all lists of symbols this is the shortest: weight 4, one line each.
        String path = API + "/ticker/price";
        List<String> known = new ArrayList<>();
        for (Object entry : list(path, ask(path, settings.requestTimeout()))) {
            known.add(text(path, object(path, entry), "symbol"));
        }
        String sentences =
                wanted.stream()
                        .filter(symbol -> !known.contains(symbol))
                        .map(symbol -> suggestion(symbol, NearestSymbols.of(symbol, known, 3)))
                        .collect(joining(" "));
        return new VenueException(
                Kind.UNKNOWN_SYMBOL,
                sentences.isEmpty()
                        ? "Binance spot does not know one of %s now. Try them one by one."
                                .formatted(String.join(", ", wanted))
                        : sentences,
                cause);
    }

    private static String suggestion(String symbol, List<String> nearest) {
        String name = BinanceJson.clip(symbol, 40);
        return nearest.isEmpty()
                ? name + " is not traded on Binance spot. Symbols there look like BTCUSDT."
                : name
                        + " is not traded on Binance spot. Nearest: "
                        + String.join(", ", nearest)
                        + ".";
    }

    /** The venue's clock now, epoch microseconds. */
    public long serverTimeMicros() {
        return serverTimeMicros(settings.requestTimeout());
    }

    private long serverTimeMicros(Duration timeout) {
        String path = API + "/time";
        if (object(path, ask(path, timeout)).get("serverTime") instanceof Long time) {
            long micros = VenueTime.toMicros(time);
            if (micros != VenueTime.IMPOSSIBLE) {
                return micros;
            }
        }
        throw notAsPromised(path, "serverTime");
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

    /** The newest id on the symbol's tape; empty where it never traded. */
    public OptionalLong newestId(String symbol, TapeKind kind) {
        String endpoint =
                switch (kind) {
                    case AGGREGATE -> "/aggTrades";
                    case RAW -> "/trades";
                    case POLL -> throw new IllegalArgumentException("polled prices have no ids");
                };
        String path = API + endpoint + "?limit=1&symbol=" + encoded(symbol);
        List<?> trades = list(path, ask(path, settings.requestTimeout()));
        if (trades.isEmpty()) {
            return OptionalLong.empty();
        }
        String field = kind == TapeKind.AGGREGATE ? "a" : "id";
        if (object(path, trades.getLast()).get(field) instanceof Long id) {
            return OptionalLong.of(id);
        }
        throw notAsPromised(path, field);
    }

    /**
     * The last price of each symbol, in units of 1e-8, asked for in one request. A symbol that the
     * answer leaves out, or that has never traded, is absent.
     */
    public Map<String, Long> prices(List<String> symbols) {
        return prices(symbols, settings.requestTimeout());
    }

    Map<String, Long> prices(List<String> symbols, Duration timeout) {
        String path = API + "/ticker/price?" + query(symbols);
        Map<String, Long> prices = new LinkedHashMap<>();
        for (Object entry : list(path, ask(path, timeout))) {
            Map<?, ?> ticker = object(path, entry);
            long price = decimal(path, ticker, "price");
            if (price > 0) {
                prices.put(text(path, ticker, "symbol"), price);
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
     *     simulated market must not be taken for a real one
     */
    public Optional<SimulatedVenue> simulation() {
        HttpResponse<byte[]> response = send("/sim/state", settings.requestTimeout());
        if (response.statusCode() >= 500) {
            throw new VenueException(
                    Kind.UNREACHABLE, Refusals.refused(address, response.statusCode()));
        }
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
        return usedWeight;
    }

    /** Ends at once; calls in progress fail. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    /** The answer's JSON, where the status is 200. */
    private Object ask(String path, Duration timeout) {
        Pause pausing = pause.get();
        if (pausing != null && pausing.until() - System.nanoTime() > 0) {
            long seconds = Duration.ofNanos(pausing.until() - System.nanoTime()).toSeconds() + 1;
            throw new VenueException(
                    Kind.REFUSED, pausing.why() + " Next request in " + seconds + " s.");
        }
        HttpResponse<byte[]> response = send(path, timeout);
        int status = response.statusCode();
        Object answer = null;
        JacksonException noJson = null;
        try {
            answer = BinanceJson.tree(response.body());
        } catch (JacksonException e) {
            noJson = e;
        }
        if (status == 200 && answer != null) {
            return answer;
        }
        switch (status) {
            case 429, 418, 403, 451 -> throw pausing(response);
            default -> {}
        }
        if (status >= 500) {
            throw new VenueException(Kind.UNREACHABLE, Refusals.refused(address, status));
        }
        if (answer instanceof Map<?, ?> error
                && error.get("code") instanceof Long code
                && error.get("msg") instanceof String message) {
            boolean symbol = code == UNKNOWN_SYMBOL || code == ILLEGAL_CHARACTERS;
            throw new VenueException(
                    symbol ? Kind.UNKNOWN_SYMBOL : Kind.REFUSED,
                    "%s refuses %s: %s (code %d, HTTP %d). %s"
                            .formatted(
                                    address.getAuthority(),
                                    path,
                                    BinanceJson.clip(message, 200),
                                    code,
                                    status,
                                    symbol ? "Check the symbols." : "Look the code up there."));
        }
        throw new VenueException(
                Kind.BAD_ANSWER,
                "%s does not answer %s as Binance does: HTTP %d, beginning with \"%s\". Check the address."
                        .formatted(
                                address.getAuthority(),
                                path,
                                status,
                                BinanceJson.clip(new String(response.body(), UTF_8), 60)),
                noJson);
    }

    private VenueException pausing(HttpResponse<?> response) {
        Duration wait =
                Refusals.wait(response.statusCode(), response.headers(), settings.refusedPause());
        String why = Refusals.refused(address, response.statusCode());
        Pause next = new Pause(System.nanoTime() + wait.toNanos(), why);
        pause.accumulateAndGet(
                next, (old, now) -> old == null || now.until() - old.until() > 0 ? now : old);
        return new VenueException(
                Kind.REFUSED, why + " Next request in " + wait.toSeconds() + " s.");
    }

    private HttpResponse<byte[]> send(String path, Duration timeout) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(timeout)
                        .header("User-Agent", "Tapekeeper")
                        .header("X-MBX-TIME-UNIT", "MICROSECOND")
                        .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, head -> new BoundedBody(MAX_BODY));
        try {
            // The JDK's own time-out ends with the headers; a body can stall too.
            HttpResponse<byte[]> response = answer.get(timeout.toNanos(), NANOSECONDS);
            response.headers()
                    .firstValue("x-mbx-used-weight-1m")
                    .filter(text -> text.matches("[0-9]{1,9}"))
                    .ifPresent(text -> usedWeight = Integer.parseInt(text));
            return response;
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unreachable(new HttpTimeoutException("no complete answer"));
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    private VenueException unreachable(Throwable failure) {
        return new VenueException(
                Kind.UNREACHABLE, Refusals.unreachable(address, failure), failure);
    }

    private VenueException notAsPromised(String path, String field) {
        return new VenueException(
                Kind.BAD_ANSWER,
                "%s does not answer %s as Binance does: no usable \"%s\". Check the address."
                        .formatted(address.getAuthority(), path, field));
    }

    private Map<?, ?> object(String path, Object value) {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw notAsPromised(path, "object");
    }

    private List<?> list(String path, Object value) {
        return switch (value) {
            case List<?> list -> list;
            // one symbol asked for is answered without a list
            case Map<?, ?> single -> List.of(single);
            case null, default -> throw notAsPromised(path, "list");
        };
    }

    private String text(String path, Map<?, ?> object, String field) {
        if (object.get(field) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw notAsPromised(path, field);
    }

    private long decimal(String path, Map<?, ?> object, String field) {
        String text = text(path, object, field);
        if (text.startsWith("-")) {
            throw notAsPromised(path, field);
        }
        try {
            return Decimals.parse(text);
        } catch (NumberFormatException e) {
            throw notAsPromised(path, field);
        }
    }

    /** One symbol is asked for as such, which halves the weight; several as a JSON array. */
    private static String query(List<String> symbols) {
        return symbols.size() == 1
                ? "symbol=" + encoded(symbols.getFirst())
                : "symbols="
                        + encoded(
                                symbols.stream()
                                        .map(symbol -> '"' + symbol + '"')
                                        .collect(joining(",", "[", "]")));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
