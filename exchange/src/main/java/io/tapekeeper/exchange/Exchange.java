package io.tapekeeper.exchange;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tapekeeper.exchange.capture.CaptureSource;
import io.tapekeeper.exchange.endless.EndlessSource;
import io.tapekeeper.exchange.faults.Faults;
import io.tapekeeper.exchange.faults.HttpFaults;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.rest.RestApi;
import io.tapekeeper.exchange.rest.RestHandler;
import io.tapekeeper.exchange.rest.SimApi;
import io.tapekeeper.exchange.rest.WeightMeter;
import io.tapekeeper.exchange.socket.Sockets;
import io.tapekeeper.exchange.socket.WebSocketUpgrade;
import io.tapekeeper.exchange.traffic.Traffic;
import io.tapekeeper.exchange.traffic.TrafficHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A local exchange that speaks Binance's public spot protocol: REST under {@code /api/v3}, streams under {@code /ws}
 * and {@code /stream}, on one port. It plays a recording or a synthetic market; {@code /sim} says which, and gives the
 * true tape.
 *
 * <p>Threads: one plays the tapes, two carry the sockets, two answer REST.
 */
public final class Exchange implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Exchange.class.getName());
    private static final int LONGEST_REQUEST_LINE = 1 << 14;
    private static final int LONGEST_BODY = 1 << 16;
    private static final int SOCKET_THREADS = 2;
    private static final int REST_THREADS = 2;
    private static final int WAITING_REQUESTS = 4_096;

    private final ExchangeConfig config;
    private final TapeSource source;
    private final Player player;
    private final Faults faults;
    private final Traffic traffic = new Traffic();
    private final WeightMeter meter;
    private final Sockets sockets;
    private final RestApi api;
    private final SimApi sim;
    private final EventLoopGroup socketThreads = new MultiThreadIoEventLoopGroup(
            SOCKET_THREADS, new DefaultThreadFactory("exchange-socket"), NioIoHandler.newFactory());
    private final ThreadPoolExecutor restThreads = new ThreadPoolExecutor(
            REST_THREADS,
            REST_THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_REQUESTS),
            new DefaultThreadFactory("exchange-rest"));
    private int port;
    private volatile Channel listener;
    private volatile boolean closing;

    private Exchange(ExchangeConfig config, TapeSource source) {
        this.config = config;
        faults = new Faults(config.faults());
        this.source = source;
        player = new Player(source, faults.alter(source.tapes()), config.speed());
        meter = new WeightMeter(config.weightPerMinute(), System::nanoTime);
        sockets = new Sockets(player, config.socketRules());
        api = new RestApi(player, meter, faults::database);
        sim = new SimApi(player, sockets, api, traffic, faults);
    }

    /**
     * Opens the source, binds the port and starts; returns when clients can connect.
     *
     * @throws UnusableSourceException where the source cannot be played
     * @throws PortInUseException where the port cannot be bound
     */
    public static Exchange start(ExchangeConfig config) throws UnusableSourceException, PortInUseException {
        Exchange exchange = new Exchange(config, open(config.source()));
        try {
            exchange.bind();
        } catch (PortInUseException e) {
            exchange.close();
            throw e;
        }
        exchange.faults.start(exchange.player.histories(), exchange.socketThreads, exchange::closePortFor);
        exchange.player.start();
        return exchange;
    }

    private static TapeSource open(ExchangeConfig.Source source) throws UnusableSourceException {
        return switch (source) {
            case ExchangeConfig.Source.Capture capture -> new CaptureSource(capture.files());
            case ExchangeConfig.Source.Synthetic synthetic ->
                new EndlessSource(
                        synthetic.seed(),
                        synthetic.stateFolder(),
                        Instant.now().getEpochSecond() * 1_000_000,
                        synthetic.takenUpTo());
        };
    }

    private void bind() throws PortInUseException {
        ChannelFuture bound = listen(config.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new PortInUseException(
                    "The exchange cannot listen on %s:%d: %s; stop what uses the port or choose another."
                            .formatted(
                                    config.host(), config.port(), bound.cause().getMessage()),
                    bound.cause());
        }
        listener = bound.channel();
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private ChannelFuture listen(int wanted) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(socketThreads)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline(channel);
                    }
                });
        return bootstrap.bind(config.host(), wanted);
    }

    /** Closes the port for a while; any thread. */
    private void closePortFor(Duration down) {
        var unused = listener.close().addListener(closed -> {
            var unusedToo = socketThreads.schedule(this::listenAgain, down.toNanos(), TimeUnit.NANOSECONDS);
        });
    }

    private void listenAgain() {
        if (closing) {
            return;
        }
        listen(port).addListener((ChannelFuture again) -> {
            if (again.isSuccess()) {
                listener = again.channel();
            } else {
                LOG.log(Level.WARNING, "port " + port + " cannot be opened again; trying on", again.cause());
                closePortFor(Duration.ofMillis(100));
            }
        });
    }

    private void pipeline(Channel channel) {
        channel.pipeline()
                .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxInitialLineLength(LONGEST_REQUEST_LINE)))
                .addLast(new HttpObjectAggregator(LONGEST_BODY))
                .addLast(new TrafficHandler(traffic));
        if (faults.onWire()) {
            channel.pipeline().addLast(new HttpFaults(faults));
        }
        channel.pipeline().addLast(new WebSocketUpgrade(sockets)).addLast(new RestHandler(api, sim, restThreads));
    }

    /** Strikes of each fault of the plan so far, by its name. */
    public Map<String, Long> faultsInjected() {
        return faults.injected();
    }

    /** Counts of requests, answers and connections so far. */
    public Traffic traffic() {
        return traffic;
    }

    /** REST request weight used so far. */
    public WeightMeter weights() {
        return meter;
    }

    /** Trades and aggregates handed to sockets so far, counted once per socket. */
    public long tradesSent() {
        return player.tradesSent();
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** Stops the market, sends the clients a notice and frees the port, within a second. */
    @Override
    public void close() {
        closing = true;
        player.close();
        sockets.shutDown(Duration.ofMillis(400));
        var ended = socketThreads.shutdownGracefully(0, 400, TimeUnit.MILLISECONDS);
        restThreads.shutdown();
        if (!ended.awaitUninterruptibly(500)) {
            LOG.log(Level.WARNING, "the exchange's sockets were still closing after 0.9 s");
        }
        source.close();
    }
}
