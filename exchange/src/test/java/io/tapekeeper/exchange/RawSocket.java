package io.tapekeeper.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A WebSocket client by hand, which answers nothing by itself, as the JDK's does. */
final class RawSocket implements AutoCloseable {
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    RawSocket(int port, String path) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) (1_000 * Client.PATIENCE_SECONDS));
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        String request = """
                GET %s HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """.formatted(path).replace("\n", "\r\n");
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head.toString());
        }
    }

    byte[] nextPing() throws IOException {
        return next(PING);
    }

    String nextPong() throws IOException {
        return new String(next(PONG), StandardCharsets.UTF_8);
    }

    /** Code and reason. */
    String nextClose() throws IOException {
        byte[] payload = next(CLOSE);
        int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        return code + " " + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }

    void ping(String payload) throws IOException {
        send(PING, payload);
    }

    void pong(String payload) throws IOException {
        send(PONG, payload);
    }

    /** One frame as it came. */
    static final class Frame {
        private final int first;
        private final byte[] payload;

        private Frame(int first, byte[] payload) {
            this.first = first;
            this.payload = payload;
        }

        /** The first byte: whether it is final, and its opcode. */
        int first() {
            return first;
        }

        int length() {
            return payload.length;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    Frame nextFrame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length >= 126) {
            length = length == 126 ? in.readUnsignedShort() : (int) in.readLong();
        }
        return new Frame(first, in.readNBytes(length));
    }

    /** How long each read waits before it fails. */
    void waitAtMost(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    /** Bytes that have come and have not been read. */
    int available() throws IOException {
        return in.available();
    }

    private byte[] next(int kind) throws IOException {
        while (true) {
            Frame frame = nextFrame();
            if ((frame.first & 0x0f) == kind) {
                return frame.payload;
            }
        }
    }

    /** Masked with zeros, which leaves the payload as it is. */
    private void send(int kind, String payload) throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        out.write(new byte[] {(byte) (0x80 | kind), (byte) (0x80 | bytes.length), 0, 0, 0, 0});
        out.write(bytes);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
