package io.tapekeeper.venue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real WebSocket server on plain sockets, so that a test may also do what no decent server does: refuse the upgrade,
 * fall silent, cut frames, vanish. Each connection is handed to the test.
 */
public final class LocalWebSocket implements AutoCloseable {
    public static final int TEXT = 1;
    public static final int CONTINUATION = 0;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    public final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    public final AtomicInteger attempts = new AtomicInteger();
    private final ServerSocket server;
    private volatile String refusal; // null = upgrade
    private volatile boolean silent;

    public LocalWebSocket() throws IOException {
        this(0);
    }

    public LocalWebSocket(int port) throws IOException {
        this(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
    }

    public LocalWebSocket(ServerSocket server) {
        this.server = server;
        Thread.ofPlatform().daemon().name("local-websocket").start(this::accept);
    }

    public URI address() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort());
    }

    public int port() {
        return server.getLocalPort();
    }

    /** From now on upgrades are answered with this HTTP head instead; null = upgrade again. */
    public void refuse(String head) {
        refusal = head;
    }

    /** From now on connections are accepted and never answered. */
    public void fallSilent() {
        silent = true;
    }

    public Connection next() {
        return Eventually.next(connections);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                attempts.incrementAndGet();
                if (!silent) {
                    meet(socket);
                }
            }
        } catch (IOException e) {
            // the test closed the server
        }
    }

    private void meet(Socket socket) throws IOException {
        try {
            upgrade(socket);
        } catch (IOException e) {
            socket.close(); // the client hung up, or does not trust us: no business of the others
        }
    }

    private void upgrade(Socket socket) throws IOException {
        String head = head(socket);
        String path = head.split(" ", 3)[1];
        String answer = refusal;
        boolean upgrades = answer == null; // asked once: a test may change its mind meanwhile
        if (upgrades) {
            String key = head.replaceFirst("(?is).*sec-websocket-key:\\s*(\\S+).*", "$1");
            answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accept(key)
                    + "\r\n\r\n";
        }
        socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
        if (upgrades) {
            connections.add(new Connection(socket, path));
        } else {
            socket.close();
        }
    }

    private static String head(Socket socket) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("no HTTP head");
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    private static String accept(String key) {
        try {
            byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.vanish();
        }
    }

    /** A frame that the client sent, its payload byte by byte as characters; -1 = it hung up. */
    public record Frame(int opcode, String payload) {}

    /** One client; frames are written by the test's thread. */
    public static final class Connection {
        public final String path;
        public final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();

        /** While a test holds its permit nothing is read. */
        public final Semaphore reading = new Semaphore(1);

        private final Socket socket;

        private Connection(Socket socket, String path) {
            this.socket = socket;
            this.path = path;
            Thread.ofPlatform().daemon().name("local-websocket-reader").start(this::read);
        }

        private void read() {
            try {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (true) {
                    int opcode = in.readUnsignedByte() & 15;
                    reading.acquireUninterruptibly();
                    reading.release();
                    int length = in.readUnsignedByte() & 127; // a client's frames here are short
                    byte[] mask = in.readNBytes(4);
                    byte[] payload = in.readNBytes(length);
                    for (int i = 0; i < length; i++) {
                        payload[i] ^= mask[i % 4];
                    }
                    received.add(new Frame(opcode, new String(payload, ISO_8859_1)));
                }
            } catch (IOException e) {
                received.add(new Frame(-1, String.valueOf(e)));
            }
        }

        public void send(String text) throws IOException {
            frame(TEXT, true, text.getBytes(UTF_8));
        }

        public void frame(int opcode, boolean last, byte[] payload) throws IOException {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write((last ? 128 : 0) | opcode);
            if (payload.length < 126) {
                frame.write(payload.length);
            } else if (payload.length < 65_536) {
                frame.write(126);
                frame.write(payload.length >> 8);
                frame.write(payload.length);
            } else {
                frame.write(127);
                for (int shift = 56; shift >= 0; shift -= 8) {
                    frame.write((int) ((long) payload.length >> shift));
                }
            }
            frame.writeBytes(payload);
            OutputStream out = socket.getOutputStream();
            out.write(frame.toByteArray());
            out.flush();
        }

        public void close(int code, String reason) throws IOException {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.write(code >> 8);
            payload.write(code);
            payload.writeBytes(reason.getBytes(UTF_8));
            frame(CLOSE, true, payload.toByteArray());
        }

        /** Ends the connection without a word. */
        public void vanish() throws IOException {
            socket.close();
        }

        /** Ends the connection by a TCP reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
