package io.tapekeeper.venue.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * What the sockets of one feed share: a thread that reads and writes all of them and never waits for a listener, the
 * trust in certificates, and the list of what is open. Any thread may call.
 */
public final class SocketLoop implements AutoCloseable {
    /** In a busy market: then a read costs next to nothing for each of its frames. */
    private static final int LARGEST_READ = 256 * 1024;

    private static final Duration GOODBYE = Duration.ofMillis(200);

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("venue-io", true), NioIoHandler.newFactory());
    private final ChannelGroup open = new DefaultChannelGroup(loop.next(), true);
    private final AtomicInteger attempts = new AtomicInteger();
    private final SslContext tls;
    private final SocketLimits limits;

    /** @param tls for {@code wss:} addresses; null where there are none */
    public SocketLoop(SslContext tls, SocketLimits limits) {
        this.tls = tls;
        this.limits = limits;
    }

    SocketLimits limits() {
        return limits;
    }

    /** Trusts whom the JDK trusts, and insists on the name of the host. */
    public static SslContext publicTrust() {
        try {
            return SslContextBuilder.forClient()
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("this JDK offers no TLS", e);
        }
    }

    public static boolean isSecure(URI uri) {
        return uri.getScheme().equalsIgnoreCase("wss");
    }

    /**
     * Begins to connect. Looks the name up on the caller's thread, which may take long: the thread of all sockets must
     * not wait for that. Where a name has several addresses, each attempt takes the next one.
     *
     * @throws IOException where the name is unknown
     */
    ChannelFuture connect(URI uri, ChannelHandler connection) throws IOException {
        boolean secure = isSecure(uri);
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        InetAddress[] addresses = InetAddress.getAllByName(uri.getHost());
        InetAddress address = addresses[attempts.getAndIncrement() % addresses.length];
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the handshake's own is for all of it
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(2_048, 4_096, LARGEST_READ))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        ChannelPipeline pipeline = channel.pipeline();
                        if (secure) {
                            pipeline.addLast(tls.newHandler(channel.alloc(), uri.getHost(), port));
                        }
                        pipeline.addLast(new HttpClientCodec(), connection);
                    }
                })
                .connect(new InetSocketAddress(address, port));
    }

    /** The handshake is complete: the connection gets a goodbye when the feed closes. */
    void opened(Channel channel) {
        open.add(channel);
    }

    /** Says goodbye on every open connection, and lets go of all. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // no one waits for the last of it
    public void close() {
        open.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                .awaitUninterruptibly(GOODBYE.toMillis());
        open.close();
        loop.shutdownGracefully(0, GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
