package io.tapekeeper.exchange;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

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
        String request =
                """
                GET %s HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """
                        .formatted(path)
                        .replace("\n", "\r\n");
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

    private byte[] next(int kind) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] payload = in.readNBytes(length == 126 ? in.readUnsignedShort() : length);
            if ((first & 0x0f) == kind) {
                return payload;
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
