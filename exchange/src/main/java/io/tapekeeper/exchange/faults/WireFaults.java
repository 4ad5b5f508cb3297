package io.tapekeeper.exchange.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of one WebSocket, next to the wire: holds them back, cuts them off, or lets nothing through any more.
 * Belongs to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
final class WireFaults extends ChannelDuplexHandler {
    private static final int DRIP_BYTES = 16;
    private static final Duration DRIP_EVERY = Duration.ofMillis(2);

    /** Bound of the bytes that a drip or a burst holds back; when it is reached, all of them go out. */
    private static final int MOST_HELD = 8 << 20;

    private ChannelHandlerContext context;
    private ByteBuf written = Unpooled.EMPTY_BUFFER; // and not passed on yet
    private boolean holding;
    private boolean frozen;
    private boolean ended;
    private boolean cutting; // the next write goes out by half

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        written = context.alloc().buffer();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        written.release();
    }

    /** Whether nothing goes out any more: the connection is half open, or a fault has ended it. */
    boolean isDown() {
        return frozen || ended;
    }

    /** Half-open from now on: nothing comes in or goes out. */
    void freeze() {
        passOn();
        frozen = true;
    }

    /** Holds back all that is written from now on, and sends it at once after a while. */
    void burst(Duration hold) {
        hold();
        later(hold, this::release);
    }

    /** Sends all that is written from now on a few bytes at a time, for a while. */
    void drip(Duration length) {
        hold();
        drip(System.nanoTime() + length.toNanos());
    }

    private void hold() {
        passOn();
        holding = true;
    }

    private void drip(long until) {
        if (System.nanoTime() - until >= 0) {
            release();
        } else if (holding) {
            int few = Math.min(DRIP_BYTES, written.readableBytes());
            context.writeAndFlush(written.readBytes(few));
            written.discardSomeReadBytes();
            later(DRIP_EVERY, () -> drip(until));
        }
    }

    private void release() {
        holding = false;
        passOn();
        context.flush();
    }

    private void passOn() {
        if (!holding && written.isReadable()) {
            context.write(written);
            written = context.alloc().buffer();
        }
    }

    /** Runs a task after a while, unless the connection has closed by then. */
    void later(Duration delay, Runnable task) {
        var scheduled = context.executor().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        context.channel().closeFuture().addListener(closed -> scheduled.cancel(false));
    }

    /** Lets only half of the next frame out. */
    void cutNext() {
        cutting = true;
    }

    /** Closes the connection after all that was written before. */
    void end(boolean reset) {
        release();
        ended = true;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (reset && context.channel() instanceof SocketChannel socket) {
                socket.config().setSoLinger(0);
            }
            context.close();
        });
    }

    /** Reports a write as done that this handler or the next has taken out. */
    static void done(ChannelPromise promise) {
        if (!promise.isVoid()) {
            promise.trySuccess();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) throws Exception {
        if (frozen) {
            ReferenceCountUtil.release(message);
        } else {
            super.channelRead(from, message);
        }
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
        append((ByteBuf) message); // the encoder of frames stands before this handler
        ReferenceCountUtil.release(message);
        done(promise);
    }

    /** Adds bytes of a whole frame to those that the next flush sends. */
    void append(ByteBuf bytes) {
        if (!isDown()) {
            written.writeBytes(bytes, cutting ? bytes.readableBytes() / 2 : bytes.readableBytes());
        }
        if (written.readableBytes() > MOST_HELD) {
            release();
        }
    }

    @Override
    public void flush(ChannelHandlerContext to) {
        passOn();
        to.flush();
    }

    @Override
    public void close(ChannelHandlerContext to, ChannelPromise promise) {
        if (!frozen) { // a half-open connection does not close: its end is as unknown as that of a vanished peer
            release();
            to.close(promise);
        }
    }
}
