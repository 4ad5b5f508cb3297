package io.tapekeeper.exchange.socket;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Accepts WebSocket handshakes on {@code /ws}, {@code /ws/<streams>} and {@code /stream}; passes every other request on
 * along the pipeline.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
public final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {
    private static final int LONGEST_MESSAGE = 1 << 16;

    private final Sockets sockets;

    public WebSocketUpgrade(Sockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof FullHttpRequest request
                && request.decoderResult().isSuccess()) {
            QueryStringDecoder uri = new QueryStringDecoder(request.uri());
            String path = uri.rawPath();
            if (path.equals("/ws") || path.startsWith("/ws/") || path.equals("/stream")) {
                try {
                    enter(context, request, uri);
                } finally {
                    request.release();
                }
                return;
            }
        }
        super.channelRead(context, message);
    }

    private void enter(ChannelHandlerContext context, FullHttpRequest request, QueryStringDecoder uri) {
        boolean upgrade = request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
        if (upgrade && !sockets.admits(address(context))) {
            refuse(context, HttpResponseStatus.TOO_MANY_REQUESTS);
            return;
        }
        TimeUnits units;
        List<String> wanted;
        boolean combined = uri.rawPath().equals("/stream");
        try {
            units = units(uri);
            wanted = combined ? listed(uri) : named(uri.path());
        } catch (IllegalArgumentException malformed) {
            refuse(context, HttpResponseStatus.BAD_REQUEST);
            return;
        }
        if (!upgrade) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED);
            return;
        }
        SocketConnection connection = new SocketConnection(context.channel(), sockets, combined, units);
        if (shakeHands(context, request, () -> connection.opened(wanted))) {
            while (context.pipeline().last() != this) {
                context.pipeline().removeLast();
            }
            context.pipeline()
                    .addLast(new WebSocketFrameAggregator(LONGEST_MESSAGE), connection)
                    .remove(this);
        }
    }

    private static boolean shakeHands(ChannelHandlerContext context, FullHttpRequest request, Runnable done) {
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory(request.uri(), null, true, LONGEST_MESSAGE).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel());
            return false;
        }
        handshaker.handshake(context.channel(), request).addListener(result -> {
            if (result.isSuccess()) {
                done.run();
            } else {
                context.close();
            }
        });
        return true;
    }

    private static InetAddress address(ChannelHandlerContext context) {
        return ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
    }

    private static TimeUnits units(QueryStringDecoder uri) {
        List<String> sent = uri.parameters().getOrDefault("timeUnit", List.of("MILLISECOND"));
        return switch (sent.getFirst()) {
            case "MILLISECOND", "millisecond" -> TimeUnits.MILLIS;
            case "MICROSECOND", "microsecond" -> TimeUnits.MICROS;
            default -> throw new IllegalArgumentException("no time unit: " + sent.getFirst());
        };
    }

    private static List<String> listed(QueryStringDecoder uri) {
        return uri.parameters().getOrDefault("streams", List.of()).stream()
                .flatMap(names -> Arrays.stream(names.split("/", -1)))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** A part that is not a stream is a client's own number for the socket, as in /ws/0. */
    private static List<String> named(String path) {
        return Arrays.stream(path.substring("/ws".length()).split("/", -1))
                .filter(name -> name.contains("@") || name.startsWith("!"))
                .toList();
    }

    private static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
