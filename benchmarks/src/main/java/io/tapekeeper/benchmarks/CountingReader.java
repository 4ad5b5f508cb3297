package io.tapekeeper.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Reads frames and only counts them: what the sender and the loopback socket give at most. A process of its own. */
final class CountingReader {
    private static final int BUFFER = 1 << 18;
    private static final int HEADER = 4; // the sender's frames all have this one
    private static final int PAUSES = 1_000; // until the upgrade's answer is whole

    private CountingReader() {}

    /** Arguments: port, trades. */
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        long trades = Long.parseLong(args[1]);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
        try (SocketChannel channel = SocketChannel.open(address)) {
            upgrade(channel, in);
            if (in.position() == 0) { // the sender encodes its frames before it sends the first
                channel.read(in);
            }
            long began = System.nanoTime();
            long frames = 0;
            long bytes = 0;
            int skip = 0; // bytes of a frame that have not come yet
            while (true) {
                int end = in.position();
                int at = 0;
                while (true) {
                    int step = Math.min(skip, end - at);
                    at += step;
                    skip -= step;
                    if (skip > 0 || end - at < HEADER) {
                        break;
                    }
                    skip = HEADER + (in.getShort(at + 2) & 0xffff);
                    frames++;
                }
                bytes += at;
                in.flip().position(at);
                in.compact(); // a header may be cut in two
                if (frames == trades && skip == 0) {
                    break;
                }
                if (channel.read(in) < 0) {
                    throw new EOFException("the sender went after %d frames".formatted(frames));
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.println("trades-per-second " + frames / seconds);
            System.out.println("bytes-per-second " + bytes / seconds);
        }
    }

    private static void upgrade(SocketChannel channel, ByteBuffer in) throws IOException {
        String request = "GET /stream?streams=btcusdt@aggTrade HTTP/1.1\r\nHost: localhost\r\nUpgrade:"
                + " websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
        for (int tried = 0; tried < PAUSES; tried++) {
            channel.read(in);
            byte[] come = new byte[in.position()];
            in.get(0, come);
            int end = new String(come, ISO_8859_1).indexOf("\r\n\r\n");
            if (end >= 0) {
                in.flip().position(end + 4);
                in.compact();
                return;
            }
        }
        throw new IOException("no answer to the upgrade");
    }
}
