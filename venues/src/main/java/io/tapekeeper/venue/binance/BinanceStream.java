package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.net.SocketLimits;
import io.tapekeeper.venue.stream.StreamHosts;
import io.tapekeeper.venue.stream.StreamPart;
import io.tapekeeper.venue.stream.StreamPlan;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What Binance says of its WebSocket streams. They are subscribed to by URL, which costs no control message, over as
 * many sockets as the limits of a URL and of streams per socket demand.
 */
public final class BinanceStream {
    /** Binance allows 1,024 streams a connection, and URLs fail from about 8,000 characters. */
    private static final int MAX_STREAMS = 1024;

    private static final int MAX_PATH = 7900; // some room for the host

    /** Binance cuts off a client that sends more than five messages in a second, pongs included. */
    private static final SocketLimits LIMITS = new SocketLimits(BinanceDecoder.MAX_FRAME, Duration.ofMillis(250));

    private BinanceStream() {}

    /**
     * @param streamUrl for example {@code wss://stream.binance.com:9443}. Where it is one of binance.com's, the host
     *     for market data only stands by
     */
    public static StreamHosts hosts(URI streamUrl) {
        return hosts(streamUrl, standingBy(streamUrl));
    }

    /**
     * @param streamUrl {@code /ws} or {@code /stream} at its end is left out
     * @param otherwise hosts to go on with where one does not serve this location (HTTP 451)
     */
    static StreamHosts hosts(URI streamUrl, List<URI> otherwise) {
        URI host = URI.create(streamUrl.toString().replaceFirst("(/ws|/stream)?/*$", ""));
        return new StreamHosts(host, otherwise, BinanceHosts.ELSEWHERE);
    }

    static List<URI> standingBy(URI streamUrl) {
        return BinanceHosts.isMain(streamUrl) ? List.of(URI.create(BinanceHosts.DATA_STREAM)) : List.of();
    }

    /**
     * How to get the trades of these instruments.
     *
     * @param kind AGGREGATE or RAW
     * @param redundant two sockets carry each part all the time, and every trade comes twice
     */
    public static StreamPlan plan(StreamHosts hosts, List<Instrument> instruments, TapeKind kind, boolean redundant) {
        return new StreamPlan(
                hosts,
                LIMITS,
                kind,
                parts(instruments, kind),
                part -> new BinanceFrameParser(kind, part.instruments()),
                redundant);
    }

    static List<StreamPart> parts(List<Instrument> instruments, TapeKind kind) {
        String suffix = switch (kind) {
            case AGGREGATE -> "@aggTrade";
            case RAW -> "@trade";
            case POLL ->
                throw new IllegalArgumentException("a stream carries aggregate or raw trades, no polled prices");
        };
        if (instruments.isEmpty()) {
            throw new IllegalArgumentException("a stream needs an instrument");
        }
        List<StreamPart> parts = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        List<Instrument> carried = new ArrayList<>();
        for (Instrument instrument : instruments) {
            String symbol = instrument.symbol().toLowerCase(Locale.ROOT);
            String stream = URLEncoder.encode(symbol, UTF_8) + suffix;
            if (carried.size() == MAX_STREAMS || path.length() + 1 + stream.length() >= MAX_PATH) {
                parts.add(new StreamPart(parts.size(), path.toString(), List.copyOf(carried)));
                carried.clear();
                path.setLength(0);
            }
            path.append(carried.isEmpty() ? "/stream?streams=" : "/").append(stream);
            carried.add(instrument);
        }
        parts.add(new StreamPart(parts.size(), path.toString(), List.copyOf(carried)));
        return parts;
    }
}
