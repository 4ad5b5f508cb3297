package io.tapekeeper.exchange.rest;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;

/**
 * The HTTP requests of one connection, answered in order, one at a time, on the REST threads. While a request is being
 * answered the connection is not read, so that at most one read of the socket waits here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
public final class RestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = System.getLogger(RestHandler.class.getName());
    private static final String SIM = "/sim/";

    /** A name of this machine that needs no name server; with or without a port. */
    private static final Pattern LOCAL_HOST =
            Pattern.compile("(?i)(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

    /** What remains of a request once its buffers are released. */
    private record Request(
            boolean legible,
            String method,
            String uri,
            Optional<String> timeUnit,
            Optional<String> origin,
            String host,
            boolean keepAlive) {
        boolean isSim() {
            return uri.startsWith(SIM);
        }
    }

    private final RestApi api;
    private final SimApi sim;
    private final Executor threads;
    private final Queue<Request> waiting = new ArrayDeque<>(); // event loop
    private boolean busy; // event loop

    public RestHandler(RestApi api, SimApi sim, Executor threads) {
        this.api = api;
        this.sim = sim;
        this.threads = threads;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean legible = request.decoderResult().isSuccess();
        waiting.add(new Request(
                legible,
                request.method().name(),
                request.uri(),
                Optional.ofNullable(request.headers().get("X-MBX-TIME-UNIT")),
                Optional.ofNullable(request.headers().get(HttpHeaderNames.ORIGIN)),
                request.headers().get(HttpHeaderNames.HOST, ""),
                legible && HttpUtil.isKeepAlive(request)));
        answerNext(context);
    }

    private void answerNext(ChannelHandlerContext context) {
        if (busy || waiting.isEmpty()) {
            return;
        }
        Request request = waiting.remove();
        busy = true;
        context.channel().config().setAutoRead(false);
        InetAddress client = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
        CompletableFuture<Reply> reply;
        try {
            reply = CompletableFuture.supplyAsync(() -> reply(request, client), threads);
        } catch (RejectedExecutionException tooMany) {
            reply = CompletableFuture.completedFuture(RestApi.overloaded());
        }
        reply.exceptionally(fault -> {
                    LOG.log(Level.ERROR, "no answer to " + request.uri, fault);
                    return Reply.error(500, -1000, "An unknown error occurred.");
                })
                .thenAcceptAsync(answer -> send(context, request, answer), context.executor());
    }

    private void send(ChannelHandlerContext context, Request request, Reply reply) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                request.method.equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (!request.isSim()) { // what moves the market is not for the pages of others
            response.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        }
        reply.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setKeepAlive(response, request.keepAlive);
        ChannelFuture written = context.writeAndFlush(response);
        busy = false;
        if (!request.keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        context.channel().config().setAutoRead(true);
        answerNext(context);
    }

    private Reply reply(Request request, InetAddress client) {
        if (!request.legible) {
            return Reply.html(400, "Bad Request");
        }
        try {
            QueryStringDecoder uri = new QueryStringDecoder(request.uri);
            if (request.method.equals("OPTIONS") && !request.isSim()) {
                return Reply.ok(Reply.JSON, "")
                        .with(Map.of(
                                "Access-Control-Allow-Methods",
                                "GET, HEAD, OPTIONS",
                                "Access-Control-Allow-Headers",
                                "*"));
            }
            if (request.isSim()) {
                if (request.method.equals("POST") && isFromAPage(request)) {
                    return Reply.error(
                            403,
                            -1002,
                            "Requests that change the market are taken from programs on this machine only, not from web pages; send it to 127.0.0.1 without an Origin header.");
                }
                return sim.answer(request.method, uri.path(), uri.parameters());
            }
            if (!request.method.equals("GET") && !request.method.equals("HEAD")) {
                return Reply.html(405, "Method Not Allowed").with(Map.of("Allow", "GET, HEAD"));
            }
            return api.answer(uri.path(), uri.parameters(), request.timeUnit, client);
        } catch (IllegalArgumentException malformed) {
            return Reply.error(400, -1100, "Illegal characters found in the request.");
        }
    }

    /**
     * A browser names the page that sends a request as {@code Origin}. The host is checked too, for a page may point
     * its own name at this machine.
     */
    private static boolean isFromAPage(Request request) {
        return request.origin.isPresent() || !LOCAL_HOST.matcher(request.host).matches();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.log(cause instanceof IOException ? Level.DEBUG : Level.WARNING, "connection closed", cause);
        context.close();
    }
}
