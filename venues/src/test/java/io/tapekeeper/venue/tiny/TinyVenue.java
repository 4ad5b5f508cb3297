package io.tapekeeper.venue.tiny;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.SimulatedVenue;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.net.FrameBatch;
import io.tapekeeper.venue.net.NetworkErrors;
import io.tapekeeper.venue.net.SocketLimits;
import io.tapekeeper.venue.stream.FrameParser;
import io.tapekeeper.venue.stream.StreamFeed;
import io.tapekeeper.venue.stream.StreamHosts;
import io.tapekeeper.venue.stream.StreamPart;
import io.tapekeeper.venue.stream.StreamPlan;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The venue of a {@link TinyServer}: all that a second venue has to write. */
final class TinyVenue implements Venue, TradeHistory {
    static final Instrument ACME = new Instrument("tiny", "ACME", 1_000_000, 1_000_000);

    private final URI rest;
    private final URI streams;
    private final ConnectionSettings settings;
    private final RateGovernor governor;
    private final HttpClient client = HttpClient.newHttpClient();

    TinyVenue(TinyServer server, ConnectionSettings settings) {
        rest = server.restAddress();
        streams = server.streamAddress();
        this.settings = settings;
        governor = RateGovernor.inMemory(rest.getAuthority(), settings.clock());
    }

    private static Trade trade(String line, long receivedTime) {
        String[] parts = line.split("[;@]", -1);
        return new Trade(
                Long.parseLong(parts[0]),
                Decimals.parse(parts[3]),
                Decimals.parse(parts[2]),
                parts[1].equals("+") ? Side.BUY : Side.SELL,
                Long.parseLong(parts[4]) * 1_000_000,
                receivedTime,
                1);
    }

    /** The first line of a message names the instrument, the others are trades. */
    private static void parse(FrameBatch messages, TradeBatch trades, FrameParser.Sink sink) {
        for (int i = 0; i < messages.count(); i++) {
            String message = new String(messages.copyOf(i), StandardCharsets.UTF_8);
            if (!message.startsWith("ACME\n")) {
                sink.malformed("no instrument of ours", messages.copyOf(i));
                continue;
            }
            for (String line : message.lines().skip(1).toList()) {
                trades.next().set(trade(line, messages.received()));
                trades.add(ACME, 0);
                if (trades.isFull()) {
                    sink.full();
                }
            }
        }
    }

    private String ask(String path, Priority priority) {
        if (!governor.take(1, priority).isZero()) {
            throw new VenueException(Kind.REFUSED, "Too many questions.");
        }
        try {
            return client.send(HttpRequest.newBuilder(rest.resolve(path)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new VenueException(Kind.UNREACHABLE, NetworkErrors.unreachable(rest, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VenueException(Kind.UNREACHABLE, "interrupted", e);
        }
    }

    private List<Trade> below(long id, Priority priority) {
        long now = EpochMicros.of(settings.clock().instant());
        return ask("/below/ACME/" + id, priority)
                .lines()
                .map(line -> trade(line, now))
                .toList();
    }

    /** Pages come newest first, so the one that is wanted lies below the id after it. The first id is 1. */
    @Override
    public TradePage tradesFrom(String symbol, TapeKind kind, long fromId, int limit, Priority priority) {
        List<Trade> page = below(Math.max(1, fromId) + limit, priority).reversed().stream()
                .filter(trade -> trade.id() >= fromId)
                .toList();
        return new TradePage(page, List.of(), List.of());
    }

    @Override
    public OptionalLong newestId(String symbol, TapeKind kind) {
        return below(Long.MAX_VALUE, Priority.LIVE).stream()
                .mapToLong(Trade::id)
                .max();
    }

    @Override
    public OptionalLong firstIdAt(String symbol, TapeKind kind, long timeMicros) {
        return OptionalLong.of(1 + Math.max(0, timeMicros / 1_000_000 - 1_790_000_001)); // one a second
    }

    @Override
    public String host() {
        return rest.getAuthority();
    }

    @Override
    public int pageSize() {
        return TinyServer.PAGE;
    }

    @Override
    public int weight(TapeKind kind) {
        return 1;
    }

    @Override
    public TradeHistory history() {
        return this;
    }

    @Override
    public Feed stream(
            List<Instrument> instruments,
            TapeKind kind,
            boolean redundant,
            NewestIdSource newest,
            FeedListener listener) {
        StreamPlan plan = new StreamPlan(
                new StreamHosts(streams, List.of(), ""),
                new SocketLimits(65_536, Duration.ofMillis(1)),
                kind,
                List.of(new StreamPart(0, "/everything", List.of(ACME))),
                part -> TinyVenue::parse,
                redundant);
        return new StreamFeed(plan, settings, governor.connectBudget(), newest, listener);
    }

    @Override
    public List<Instrument> instruments(List<String> symbols) {
        return List.of(ACME);
    }

    @Override
    public Optional<SimulatedVenue> simulation() {
        return Optional.of(new SimulatedVenue("synthetic", "1"));
    }

    @Override
    public ClockOffset clockOffset() {
        return new ClockOffset(
                serverTimeMicros() - EpochMicros.of(settings.clock().instant()), 0);
    }

    @Override
    public long serverTimeMicros() {
        return new BigDecimal(ask("/clock", Priority.LIVE)).movePointRight(6).longValueExact();
    }

    @Override
    public List<Kline> klines(String symbol, Interval interval, long startMicros, int limit, Priority priority) {
        throw new VenueException(Kind.REFUSED, "This venue has no bars.");
    }

    @Override
    public Feed poll(List<Instrument> instruments, Interval every, FeedListener listener) {
        throw new VenueException(Kind.REFUSED, "This venue has no last price.");
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
    public void close() {
        client.shutdownNow();
        governor.close();
    }
}
