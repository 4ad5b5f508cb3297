package io.tapekeeper.exchange.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Fault.Clock;
import io.tapekeeper.exchange.faults.Fault.Slow;
import io.tapekeeper.exchange.faults.Fault.Status;
import io.tapekeeper.exchange.faults.Progress.Unit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The faults of one connection while it speaks HTTP: answers on their way out are changed, delayed or cut; handshakes
 * are refused. Adds {@link SocketFaults} and {@link WireFaults} once the handshake is done.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
public final class HttpFaults extends ChannelDuplexHandler {
    private static final String API = "/api/";
    private static final int MISSING = 100;
    private static final String PAGE =
            "<html>\n<head><title>%1$s</title></head>\n<body>\n<center><h1>%1$s</h1></center>\n</body>\n</html>\n";

    private final Faults faults;

    /** The faults that hit each pending answer, in the order of the requests. */
    private final Deque<List<Fault.OnRequest>> pending = new ArrayDeque<>();

    public HttpFaults(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof FullHttpRequest request) {
            String path = path(request);
            if (request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
                faults.contact(context.channel());
                faults.count(Unit.CONNECTIONS, "");
                for (Faults.Armed armed : faults.on(Fault.Refuse.class)) {
                    if (armed.fault() instanceof Fault.Refuse refuse
                            && armed.trigger().hits()) {
                        request.release();
                        FullHttpResponse answer = refusal(refuse.status(), 1);
                        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
                        return;
                    }
                }
                pending.addLast(List.of());
            } else if (path.startsWith(API)) {
                faults.contact(context.channel());
                pending.addLast(hits(path.substring(path.lastIndexOf('/') + 1)));
            } else {
                pending.addLast(List.of());
            }
        }
        super.channelRead(context, message);
    }

    private static String path(FullHttpRequest request) {
        return new QueryStringDecoder(request.uri()).rawPath();
    }

    private List<Fault.OnRequest> hits(String endpoint) {
        faults.count(Unit.REQUESTS, endpoint);
        return faults.on(Fault.OnRequest.class).stream()
                .filter(armed -> !(armed.fault() instanceof Fault.OnDatabase))
                .filter(armed -> concerns(armed.fault(), endpoint))
                .filter(armed -> armed.trigger().hits())
                .map(armed -> (Fault.OnRequest) armed.fault())
                .toList();
    }

    private static boolean concerns(Fault.OnWire fault, String endpoint) {
        return fault instanceof Clock
                ? endpoint.equals("time") || endpoint.equals("exchangeInfo")
                : !fault.when().namesStream() && fault.when().counts(endpoint);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof FullHttpResponse response)) {
            context.write(message, promise);
            return;
        }
        if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            context.write(message, promise);
            WireFaults wire = new WireFaults();
            context.pipeline().addFirst(wire).addAfter(context.name(), null, new SocketFaults(faults, wire));
            return;
        }
        send(context, response, pending.isEmpty() ? List.of() : pending.removeFirst(), promise);
    }

    private static void send(
            ChannelHandlerContext context, FullHttpResponse right, List<Fault.OnRequest> hit, ChannelPromise promise) {
        FullHttpResponse answer = right;
        long delay = 0;
        boolean cut = false;
        for (Fault.OnRequest fault : hit) {
            switch (fault) {
                case Status status -> {
                    FullHttpResponse other = refusal(
                            status.status(), Math.max(1, (status.retryAfter().toMillis() + 999) / 1_000));
                    answer = replaced(answer, other);
                }
                case Body body -> {
                    answer = changed(answer, body.trick());
                    cut = body.trick() == Body.Trick.CUT;
                }
                case Slow slow -> delay += slow.by().toNanos();
                case Clock clock -> answer = shifted(answer, clock);
                case Fault.OnDatabase database -> throw new AssertionError(database); // filtered out with the request
            }
        }
        if (cut) {
            context.writeAndFlush(answer, promise).addListener(ChannelFutureListener.CLOSE);
        } else if (delay > 0) {
            FullHttpResponse late = answer;
            context.executor().schedule(() -> context.writeAndFlush(late, promise), delay, TimeUnit.NANOSECONDS);
        } else {
            context.write(answer, promise);
        }
    }

    /** The headers that only this exchange's answers carry, such as the weight, stay. */
    private static FullHttpResponse replaced(FullHttpResponse before, FullHttpResponse after) {
        for (var header : before.headers()) {
            if (!after.headers().contains(header.getKey())) {
                after.headers().add(header.getKey(), header.getValue());
            }
        }
        before.release();
        return after;
    }

    private static FullHttpResponse refusal(int status, long retryAfter) {
        String body = switch (status) {
            case 418, 429 -> "{\"code\":-1003,\"msg\":\"Too much request weight used.\"}";
            case 451 -> "{\"code\":0,\"msg\":\"Service unavailable from a restricted location.\"}";
            case 500 -> "{\"code\":-1000,\"msg\":\"An unknown error occurred.\"}";
            case 503 -> "{\"code\":-1008,\"msg\":\"Server is currently overloaded.\"}";
            default -> PAGE.formatted(HttpResponseStatus.valueOf(status));
        };
        FullHttpResponse response = whole(status, body);
        if (status == 418 || status == 429) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, retryAfter);
        }
        return response;
    }

    private static FullHttpResponse whole(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return response(status, bytes, bytes.length, body.startsWith("<"));
    }

    private static FullHttpResponse response(int status, byte[] body, int told, boolean html) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, html ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, told);
        return response;
    }

    private static FullHttpResponse changed(FullHttpResponse answer, Body.Trick trick) {
        byte[] body = bytes(answer.content());
        int status = answer.status().code();
        byte[] half = Arrays.copyOf(body, body.length / 2);
        return replaced(
                answer,
                switch (trick) {
                    case HTML -> whole(status, PAGE.formatted("Just a moment..."));
                    case TOO_LONG -> response(status, body, body.length + MISSING, false);
                    case TOO_SHORT -> response(status, body, body.length / 2, false);
                    case TRUNCATED -> response(status, half, half.length, false);
                    case CUT -> response(status, half, body.length, false);
                });
    }

    private static byte[] bytes(ByteBuf content) {
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        return bytes;
    }

    private static FullHttpResponse shifted(FullHttpResponse answer, Clock clock) {
        String body = answer.content().toString(StandardCharsets.UTF_8);
        return replaced(answer, whole(answer.status().code(), ClockStep.shifted(body, "serverTime", clock.by())));
    }
}
