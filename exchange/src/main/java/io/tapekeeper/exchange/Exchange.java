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
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.rest.RestApi;
import io.tapekeeper.exchange.rest.RestHandler;
import io.tapekeeper.exchange.rest.SimApi;
import io.tapekeeper.exchange.rest.WeightMeter;
import io.tapekeeper.exchange.socket.SocketDoor;
import io.tapekeeper.exchange.socket.Sockets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A local exchange that speaks Binance's public spot protocol: REST under {@code /api/v3}, streams
 * under {@code /ws} and {@code /stream}, on one port. What it plays is a recording or a synthetic
 * market; {@code /sim} tells which, and what is true.
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
    private final Sockets sockets;
    private final RestApi api;
    private final SimApi sim;
    private final EventLoopGroup socketThreads =
            new MultiThreadIoEventLoopGroup(
                    SOCKET_THREADS,
                    new DefaultThreadFactory("exchange-socket"),
                    NioIoHandler.newFactory());
    private final ThreadPoolExecutor restThreads =
            new ThreadPoolExecutor(
                    REST_THREADS,
                    REST_THREADS,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(WAITING_REQUESTS),
                    new DefaultThreadFactory("exchange-rest"));
    private int port;

    private Exchange(ExchangeConfig config, TapeSource source) {
        this.config = config;
        this.source = source;
        player = new Player(source, config.speed());
        sockets = new Sockets(player, config.socketRules());
        api = new RestApi(player, new WeightMeter(config.weightPerMinute(), System::nanoTime));
        sim = new SimApi(player, source, sockets, api);
    }

    /**
     * Opens the source, binds the port and starts; returns when clients can connect.
     *
     * @throws UnusableSourceException where there is nothing that can be played
     * @throws PortInUseException where the port cannot be bound
     */
    public static Exchange start(ExchangeConfig config)
            throws UnusableSourceException, PortInUseException {
        Exchange exchange = new Exchange(config, open(config.source()));
        try {
            exchange.bind();
        } catch (PortInUseException e) {
            exchange.close();
            throw e;
        }
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
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(socketThreads)
                        .channel(NioServerSocketChannel.class)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        pipeline(channel);
                                    }
                                });
        ChannelFuture bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new PortInUseException(
                    "The exchange cannot listen on %s:%d: %s; stop what uses the port or choose another."
                            .formatted(config.host(), config.port(), bound.cause().getMessage()),
                    bound.cause());
        }
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private void pipeline(Channel channel) {
        channel.pipeline()
                .addLast(
                        new HttpServerCodec(
                                new HttpDecoderConfig()
                                        .setMaxInitialLineLength(LONGEST_REQUEST_LINE)))
                .addLast(new HttpObjectAggregator(LONGEST_BODY))
                .addLast(new SocketDoor(sockets))
                .addLast(new RestHandler(api, sim, restThreads));
    }

    /** The port bound. */
    public int port() {
        return port;
    }

    /** Tells the clients, stops the market and lets the port go, within a second. */
    @Override
    public void close() {
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
