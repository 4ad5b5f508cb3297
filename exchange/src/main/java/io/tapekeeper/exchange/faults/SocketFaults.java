package io.tapekeeper.exchange.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.tapekeeper.exchange.faults.Fault.Clock;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import io.tapekeeper.exchange.faults.Progress.Unit;
import io.tapekeeper.exchange.faults.WireFrame.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The faults of one WebSocket, next to the wire: takes what goes out apart into frames, and lets through what the plan
 * leaves of them. Belongs to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
final class SocketFaults extends ChannelDuplexHandler {
    private static final int GOING_AWAY = 1001;
    private static final int GIANT = (1 << 20) + 1;
    private static final int REMEMBERED = 50;
    private static final int DRIP_BYTES = 16;
    private static final int DRIP_MILLIS = 2;

    /** Bound of what a drip or a burst holds back; where it is reached, all of it is sent. */
    private static final int MOST_HELD = 8 << 20;

    private record Postponed(String stream, String text) {}

    private final Faults faults;
    private final List<Faults.Armed> armed;
    private final SplittableRandom random;
    private final boolean remembers;
    private final Deque<String> remembered = new ArrayDeque<>();
    private ByteBuf partial = Unpooled.EMPTY_BUFFER;
    private Optional<Postponed> postponed = Optional.empty();
    private Optional<ByteBuf> held = Optional.empty();
    private boolean mute;
    private boolean frozen; // half-open: nothing comes in or goes out
    private boolean ended; // the connection is being closed by a fault

    SocketFaults(Faults faults) {
        this.faults = faults;
        armed = faults.on(Fault.OnSocket.class);
        random = new SplittableRandom(faults.seed());
        remembers = armed.stream()
                .anyMatch(one -> one.fault() instanceof Frame frame && frame.trick() == Frame.Trick.RESEND);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        for (Faults.Armed one : armed) {
            if (one.fault() instanceof Fault.Mute) {
                mute |= one.trigger().hits();
            } else if (one.fault() instanceof Fault.Rotate rotate) {
                later(context, rotate.age(), () -> {
                    one.trigger().struck();
                    end(context, context.alloc().buffer(), Drop.How.CLOSE);
                });
            }
        }
    }

    private static void later(ChannelHandlerContext context, Duration delay, Runnable task) {
        var scheduled = context.executor().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        context.channel().closeFuture().addListener(closed -> scheduled.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (frozen) {
            ReferenceCountUtil.release(message);
        } else {
            super.channelRead(context, message);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (frozen) {
            return; // whoever waits for it waits as long as for a peer that is gone
        }
        release(context);
        context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        partial.release();
        held.ifPresent(ByteBuf::release);
        held = Optional.empty();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            context.write(message, promise);
            return;
        }
        if (frozen || ended) {
            bytes.release();
            done(promise);
            return;
        }
        partial = partial.isReadable() ? Unpooled.wrappedBuffer(partial, bytes) : swapped(partial, bytes);
        ByteBuf out = context.alloc().buffer(partial.readableBytes());
        int length = WireFrame.length(partial);
        while (length >= 0 && !frozen && !ended) {
            out = pass(context, partial.readSlice(length), out);
            length = WireFrame.length(partial);
        }
        if (!partial.isReadable()) {
            partial = swapped(partial, Unpooled.EMPTY_BUFFER);
        }
        send(context, out, promise);
    }

    private static ByteBuf swapped(ByteBuf old, ByteBuf other) {
        old.release();
        return other;
    }

    private static void done(ChannelPromise promise) {
        if (!promise.isVoid()) {
            promise.trySuccess();
        }
    }

    private void send(ChannelHandlerContext context, ByteBuf out, ChannelPromise promise) {
        if (held.isPresent()) {
            held.get().writeBytes(out);
            out.release();
            done(promise);
            if (held.get().readableBytes() > MOST_HELD) {
                release(context);
            }
        } else if (out.isReadable()) {
            context.write(out, promise);
        } else {
            out.release();
            done(promise);
        }
    }

    private void release(ChannelHandlerContext context) {
        held.ifPresent(bytes -> context.writeAndFlush(bytes));
        held = Optional.empty();
    }

    /**
     * Puts what becomes of a frame behind {@code out}.
     *
     * @return the buffer to go on with: another one where the first had to be sent
     */
    private ByteBuf pass(ChannelHandlerContext context, ByteBuf frame, ByteBuf out) {
        Optional<Event> found = WireFrame.event(frame);
        if (found.isEmpty()) {
            out.writeBytes(frame);
            return out;
        }
        Event event = found.get();
        if (event.isTrade()) {
            faults.count(Unit.TRADES, event.stream());
        }
        if (mute) {
            return out;
        }
        ByteBuf to = out;
        String text = event.text();
        for (Faults.Armed one : armed) {
            if (!concerns(one.fault(), event) || !one.trigger().hits()) {
                continue;
            }
            switch ((Fault.OnSocket) one.fault()) {
                case Clock clock -> text = ClockStep.shifted(text, "E", clock.by());
                case Fault.Silent silent -> {
                    return to;
                }
                case Drop drop -> {
                    if (drop.how() == Drop.How.CUT) {
                        to.writeBytes(frame, frame.readableBytes() / 2);
                    }
                    end(context, to, drop.how());
                    return context.alloc().buffer();
                }
                case Fault.HalfOpen halfOpen -> {
                    frozen = true;
                    return to;
                }
                case Fault.Restart restart -> {
                    faults.restart(restart.down());
                    return to;
                }
                case Fault.ServerShutdown shutdown -> announce(context, shutdown, event, to);
                case Fault.Drip drip -> {
                    to = hold(context, to);
                    drip(context, System.nanoTime() + drip.length().toNanos());
                }
                case Fault.Burst burst -> {
                    to = hold(context, to);
                    later(context, burst.hold(), () -> release(context));
                }
                case Frame changed -> {
                    if (!change(changed.trick(), event, text, to)) {
                        return to;
                    }
                }
                // At the door, or by age:
                case Fault.Mute mute -> throw new AssertionError(mute);
                case Fault.Refuse refuse -> throw new AssertionError(refuse);
                case Fault.Rotate rotate -> throw new AssertionError(rotate);
            }
        }
        WireFrame.text(to, text);
        if (remembers && event.isTrade()) {
            remembered.addLast(text);
            if (remembered.size() > REMEMBERED) {
                remembered.removeFirst();
            }
        }
        if (postponed.isPresent() && postponed.get().stream().equals(event.stream())) {
            WireFrame.text(to, postponed.get().text());
            postponed = Optional.empty();
        }
        return to;
    }

    /** Trades are hit, or the events of a stream that is named; silence and time concern all. */
    private static boolean concerns(Fault.OnWire fault, Event event) {
        return switch ((Fault.OnSocket) fault) {
            case Fault.Mute mute -> false;
            case Fault.Refuse refuse -> false;
            case Fault.Rotate rotate -> false;
            case Clock clock -> true;
            case Fault.Silent silent -> silent.when().counts(event.stream());
            case Fault.Frame frame -> event.isTrade() && frame.when().counts(event.stream());
            case Drop drop -> isHit(drop, event);
            case Fault.HalfOpen halfOpen -> isHit(halfOpen, event);
            case Fault.Restart restart -> isHit(restart, event);
            case Fault.ServerShutdown shutdown -> isHit(shutdown, event);
            case Fault.Drip drip -> isHit(drip, event);
            case Fault.Burst burst -> isHit(burst, event);
        };
    }

    private static boolean isHit(Fault.OnSocket fault, Event event) {
        return (event.isTrade() || fault.when().namesStream()) && fault.when().counts(event.stream());
    }

    /** From here on everything is held back; what is before it goes out. */
    private ByteBuf hold(ChannelHandlerContext context, ByteBuf before) {
        if (held.isPresent()) {
            return before;
        }
        context.writeAndFlush(before);
        held = Optional.of(context.alloc().buffer());
        return context.alloc().buffer();
    }

    private void drip(ChannelHandlerContext context, long until) {
        if (held.isEmpty()) {
            return;
        }
        if (System.nanoTime() - until >= 0) {
            release(context);
            return;
        }
        ByteBuf bytes = held.get();
        int few = Math.min(DRIP_BYTES, bytes.readableBytes());
        if (few > 0) {
            context.writeAndFlush(bytes.readBytes(few));
            bytes.discardSomeReadBytes();
        }
        later(context, Duration.ofMillis(DRIP_MILLIS), () -> drip(context, until));
    }

    private void end(ChannelHandlerContext context, ByteBuf last, Drop.How how) {
        if (ended || frozen) {
            last.release();
            return;
        }
        ended = true;
        release(context);
        if (how == Drop.How.CLOSE) {
            WireFrame.close(last, GOING_AWAY, "Going away");
        }
        ChannelFuture sent = context.writeAndFlush(last);
        sent.addListener(any -> {
            if (how == Drop.How.RESET && context.channel() instanceof SocketChannel socket) {
                socket.config().setSoLinger(0);
            }
            context.close();
        });
    }

    private void announce(ChannelHandlerContext context, Fault.ServerShutdown shutdown, Event event, ByteBuf out) {
        WireFrame.text(
                out, event.wrapped("!serverShutdown", "{\"e\":\"serverShutdown\",\"E\":%s}".formatted(time(event))));
        later(context, shutdown.lead(), () -> end(context, context.alloc().buffer(), Drop.How.CLOSE));
    }

    private static String time(Event event) {
        return event.text().replaceFirst(".*\"E\":([0-9]+).*", "$1");
    }

    /** Whether the trade itself still has to be sent. */
    private boolean change(Frame.Trick trick, Event event, String text, ByteBuf out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (trick) {
            case DUPLICATE -> {
                WireFrame.text(out, text);
                yield true;
            }
            case REORDER -> {
                boolean free = postponed.isEmpty();
                if (free) {
                    postponed = Optional.of(new Postponed(event.stream(), text));
                }
                yield !free;
            }
            case RESEND -> {
                remembered.forEach(old -> WireFrame.text(out, old));
                yield true;
            }
            case FRAGMENTED -> {
                int cut = 1 + random.nextInt(bytes.length - 2);
                int again = cut + random.nextInt(bytes.length - cut);
                WireFrame.write(out, false, WireFrame.TEXT, part(bytes, 0, cut));
                WireFrame.write(out, true, WireFrame.PING, new byte[0]);
                WireFrame.write(out, false, 0, part(bytes, cut, again));
                WireFrame.write(out, true, 0, part(bytes, again, bytes.length));
                yield false;
            }
            case BINARY -> {
                WireFrame.write(out, true, WireFrame.BINARY, part(bytes, 0, 20));
                yield true;
            }
            case UNKNOWN_EVENT -> {
                WireFrame.text(
                        out,
                        event.wrapped(
                                event.stream(),
                                "{\"e\":\"neverHeardOf\",\"E\":%s,\"x\":[1,{\"y\":null}]}".formatted(time(event))));
                yield true;
            }
            case GIANT -> {
                String body = text.substring(0, text.length() - 1);
                WireFrame.text(out, body + ",\"note\":\"" + "x".repeat(GIANT) + "\"}");
                yield false;
            }
            case SKIP -> false;
            case MALFORMED -> {
                WireFrame.text(out, malformed(text));
                yield false;
            }
            case TRUNCATED -> {
                WireFrame.text(out, text.substring(0, 1 + random.nextInt(text.length() - 1)));
                yield false;
            }
            case BAD_UTF8 -> {
                bytes[bytes.length / 2] = (byte) 0xff;
                WireFrame.write(out, true, WireFrame.TEXT, bytes);
                yield false;
            }
        };
    }

    private static byte[] part(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private String malformed(String text) {
        return switch (random.nextInt(3)) {
            case 0 -> text.replaceFirst("\"p\":\"", "\"p\":\"x");
            case 1 -> text.replaceFirst("\"T\":[0-9]+,", "");
            default -> "{]";
        };
    }
}
