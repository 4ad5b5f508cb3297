package io.tapekeeper.exchange.traffic;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayDeque;
import java.util.Deque;

/** Counts one connection's requests and answers while it speaks HTTP; owned by its event loop. */
public final class TrafficHandler extends ChannelDuplexHandler {
    private final Traffic traffic;

    /** For each unanswered request, in order, whether its answer counts. */
    private final Deque<Boolean> asked = new ArrayDeque<>();

    public TrafficHandler(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof FullHttpRequest request) {
            boolean upgrade = request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
            if (upgrade) {
                traffic.upgradeAttempted();
            }
            asked.addLast(!upgrade && request.uri().startsWith("/api/"));
        }
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse response) {
            boolean counts = !asked.isEmpty() && asked.removeFirst();
            if (counts) {
                traffic.answered(response.status().code());
            }
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                traffic.upgraded();
            }
        }
        var unused = context.write(message, promise);
    }
}
