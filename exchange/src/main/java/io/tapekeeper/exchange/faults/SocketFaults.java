package io.tapekeeper.exchange.faults;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.tapekeeper.exchange.faults.Fault.Clock;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import io.tapekeeper.exchange.faults.Progress.Unit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The faults of one WebSocket: takes each event on its way to the frame encoder, and lets through what the plan leaves
 * of it. Belongs to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
final class SocketFaults extends ChannelDuplexHandler {
    private static final int GOING_AWAY = 1001;
    private static final int LONG = 126; // from this length on it takes two bytes more

    private final Faults faults;
    private final WireFaults wire;
    private final List<Faults.Armed> armed;
    private FrameTricks tricks;
    private boolean mute;

    /** @param wire the same connection's bytes */
    SocketFaults(Faults faults, WireFaults wire) {
        this.faults = faults;
        this.wire = wire;
        armed = faults.on(Fault.OnEvent.class);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        boolean remembers = armed.stream()
                .anyMatch(one -> one.fault() instanceof Frame frame && frame.trick() == Frame.Trick.RESEND);
        tricks = new FrameTricks(faults.seed(), remembers, context::write);
        for (Faults.Armed one : faults.on(Fault.Mute.class)) {
            mute |= one.trigger().hits();
        }
        for (Faults.Armed one : faults.on(Fault.Rotate.class)) {
            wire.later(((Fault.Rotate) one.fault()).age(), () -> {
                one.trigger().struck();
                end(context, Drop.How.CLOSE);
            });
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        Optional<Event> event = message instanceof TextWebSocketFrame text ? Event.in(text.text()) : Optional.empty();
        if (event.isPresent()) {
            pass(context, event.get(), message);
        } else if (message instanceof ByteBuf batch) {
            while (batch.isReadable() && !wire.isDown()) {
                ByteBuf frame = nextFrame(batch);
                pass(context, Event.in(payload(frame)).orElseThrow(), frame);
            }
        } else {
            context.write(message, promise);
            return;
        }
        ReferenceCountUtil.release(message);
        WireFaults.done(promise);
    }

    /** The next frame of a batch of events, in which frames are whole, not masked and shorter than 64 kB. */
    private static ByteBuf nextFrame(ByteBuf batch) {
        int length = batch.getUnsignedByte(batch.readerIndex() + 1);
        return batch.readSlice(length < LONG ? 2 + length : 4 + batch.getUnsignedShort(batch.readerIndex() + 2));
    }

    private static String payload(ByteBuf frame) {
        int header = frame.getUnsignedByte(frame.readerIndex() + 1) < LONG ? 2 : 4;
        return frame.toString(frame.readerIndex() + header, frame.readableBytes() - header, StandardCharsets.UTF_8);
    }

    /**
     * Sends what the faults leave of an event.
     *
     * @param frame carries the event; if it comes from a batch and nothing hits it, its bytes go out unchanged
     */
    private void pass(ChannelHandlerContext context, Event event, Object frame) {
        if (event.isTrade()) {
            faults.count(Unit.TRADES, event.stream());
        }
        if (mute) {
            return;
        }
        Event left = event;
        for (Faults.Armed one : armed) {
            Fault.OnEvent fault = (Fault.OnEvent) one.fault();
            if (!concerns(fault, event) || !one.trigger().hits()) {
                continue;
            }
            if (fault instanceof Clock clock) {
                left = left.withText(ClockStep.shifted(left.text(), "E", clock.by()));
            } else if (!strike(context, fault, left)) {
                return;
            }
        }
        if (frame instanceof ByteBuf bytes && left.equals(event)) {
            wire.append(bytes); // a frame object for each event would double the cost
        } else {
            context.write(new TextWebSocketFrame(left.text()));
        }
        tricks.sent(left);
    }

    /** Trades are hit, or the events of a stream that is named; silence and time concern all. */
    private static boolean concerns(Fault.OnEvent fault, Event event) {
        if (fault instanceof Clock) {
            return true;
        }
        boolean named = fault.when().namesStream() && !(fault instanceof Frame);
        return fault.when().counts(event.stream()) && (event.isTrade() || named || fault instanceof Fault.Silent);
    }

    /** Lets a fault happen; returns whether the event still has to be sent. */
    private boolean strike(ChannelHandlerContext context, Fault.OnEvent fault, Event event) {
        switch (fault) {
            case Drop drop -> {
                if (drop.how() == Drop.How.CUT) {
                    wire.cutNext();
                    context.write(new TextWebSocketFrame(event.text()));
                }
                end(context, drop.how());
            }
            case Fault.HalfOpen halfOpen -> wire.freeze();
            case Fault.Restart restart -> faults.restart(restart.down());
            case Fault.ServerShutdown shutdown -> announce(context, shutdown, event);
            case Fault.Drip drip -> wire.drip(drip.length());
            case Fault.Burst burst -> wire.burst(burst.hold());
            case Frame changed -> {
                return tricks.play(changed.trick(), event);
            }
            case Fault.Silent silent -> {} // what is held back is lost
            case Clock clock -> throw new AssertionError(clock); // handled where the event is changed
        }
        return fault instanceof Fault.ServerShutdown || fault instanceof Fault.Drip || fault instanceof Fault.Burst;
    }

    private void announce(ChannelHandlerContext context, Fault.ServerShutdown shutdown, Event event) {
        String notice = "{\"e\":\"serverShutdown\",\"E\":%s}".formatted(event.time());
        context.write(new TextWebSocketFrame(event.wrapped("!serverShutdown", notice)));
        wire.later(shutdown.lead(), () -> end(context, Drop.How.CLOSE));
    }

    private void end(ChannelHandlerContext context, Drop.How how) {
        if (wire.isDown()) {
            return;
        }
        if (how == Drop.How.CLOSE) {
            context.write(new CloseWebSocketFrame(GOING_AWAY, "Going away"));
        }
        wire.end(how == Drop.How.RESET);
    }
}
