package io.tapekeeper.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of the live stream on a socket of its own: says of each alert that opened when it was seen. Blocks the
 * thread that calls.
 */
final class AlertListener implements AutoCloseable {
    /** Hears of an alert. */
    interface Seen {
        /**
         * @param openedMillis the market's time at which its bar ended
         * @param seenNanos monotonic, when its last byte had come
         */
        void alert(long openedMillis, long seenNanos);
    }

    private static final int BUFFER = 1 << 16;
    private static final Pattern OPENED = Pattern.compile("\"opened\":(\\d+),\"closed\":null");

    private final SocketChannel channel;
    private final Seen seen;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int chunk = -1; // bytes left of it; -1 = its length comes next
    private int length; // of the next chunk as far as its digits have come
    private boolean head = true;
    private boolean alert; // the data that comes next is one

    AlertListener(URI page, String series, Seen seen) throws IOException {
        this.seen = seen;
        channel = SocketChannel.open(new InetSocketAddress(page.getHost(), page.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(ByteBuffer.wrap("GET /api/stream?series=%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                .formatted(series, page.getAuthority())
                .getBytes(UTF_8)));
    }

    /** Until the stream or the channel is closed. */
    void run() throws IOException {
        while (true) {
            if (channel.read(in.clear()) < 0) {
                throw new EOFException("the live stream ended");
            }
            long now = System.nanoTime();
            in.flip();
            while (in.hasRemaining()) {
                take(in.get(), now);
            }
        }
    }

    private void take(byte next, long now) {
        if (head) { // the lines before the first chunk
            if (next == '\n') {
                head = line.size() > 0;
                line.reset();
            } else if (next != '\r') {
                line.write(next);
            }
        } else if (chunk < 0) {
            if (Character.digit(next, 16) >= 0) {
                length = length * 16 + Character.digit(next, 16);
            } else if (next == '\n' && length > 0) { // not the end of the chunk before
                chunk = length;
                length = 0;
            }
        } else {
            if (next == '\n') {
                line(line.toString(UTF_8), now);
                line.reset();
            } else {
                line.write(next);
            }
            if (--chunk == 0) {
                chunk = -1;
            }
        }
    }

    private void line(String text, long now) {
        if (alert && text.startsWith("data: ")) {
            Matcher opened = OPENED.matcher(text);
            if (opened.find()) {
                seen.alert(Long.parseLong(opened.group(1)), now);
            }
        }
        alert = text.equals("event: alert");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
