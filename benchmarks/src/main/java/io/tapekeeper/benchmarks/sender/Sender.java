package io.tapekeeper.benchmarks.sender;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The sender, a process of its own. Each socket gets the same trades from the first to the last, as fast as it takes
 * them or on a fixed schedule, and stays open behind the last.
 *
 * <p>On a schedule trades are sent in bursts of half a millisecond; what is late is sent at once and shifts nothing, so
 * that whoever measures against the schedule omits no delay.
 */
@Command(name = "sender", mixinStandardHelpOptions = true)
public final class Sender implements Callable<Integer> {
    /** The id of the first trade of each symbol; the others follow one by one. */
    public static final long FIRST_ID = Market.FIRST_ID;

    /** The market's time of the first trade, a whole second, epoch milliseconds. */
    public static final long FIRST_MILLIS = Market.FIRST_MILLIS;

    private static final int CHUNK = 2_000; // frames a write, some 400 kB
    private static final int REQUEST = 1 << 14;
    private static final long BURST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long OVERSLEPT_NANOS = TimeUnit.MICROSECONDS.toNanos(80);
    private static final Pattern KEY = Pattern.compile("(?im)^sec-websocket-key:\\s*(\\S+)\\s*$");
    private static final Pattern UPGRADE = Pattern.compile("(?im)^upgrade:\\s*websocket\\s*$");

    @Option(names = "--trades", description = "How many each socket gets.")
    private long trades = 1_000_000;

    @Option(names = "--symbols", description = "How many; on a schedule only.")
    private int symbols = 1;

    @Option(
            names = "--rate",
            description = "Trades a second, all symbols together, from a line on standard input on; 0 = at" + " once.")
    private int rate;

    @Option(names = "--bar-trades", description = "Trades in a second of the market's time.")
    private int barTrades = 30;

    @Option(names = "--jump-every", description = "A bar in so many opens an alert; 0 = none.")
    private int jumpEvery;

    private List<String> names;
    private Market market;
    private Rest rest;
    private volatile long sent;

    private Sender() {}

    /** Says where it listens, and of each socket what it has sent. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Sender()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (trades < 1 || trades > Market.MOST_TRADES) {
            throw new IllegalArgumentException("from 1 to 1e9 trades, not " + trades);
        }
        market = rate == 0 ? Ring.market() : new Market(barTrades, jumpEvery);
        names = IntStream.range(0, symbols)
                .mapToObj(at -> at == 0 ? "BTCUSDT" : "SIM%02dUSDT".formatted(at))
                .toList();
        rest = new Rest(market, names, () -> sent);
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            say("listens " + ((InetSocketAddress) server.getLocalAddress()).getPort());
            say("symbols " + String.join(",", names));
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofPlatform().name("sender").start(() -> serve(client));
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void serve(SocketChannel client) {
        try (client) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer in = ByteBuffer.allocate(REQUEST);
            for (String head = head(client, in); head != null; head = head(client, in)) {
                String target = head.split(" ", 3)[1];
                if (UPGRADE.matcher(head).find()) {
                    upgrade(client, head);
                    send(client, target);
                    drain(client, in);
                    return;
                }
                answer(client, rest.answer(target));
            }
        } catch (IOException e) {
            say("gone " + e.getMessage());
        }
    }

    /** The next request up to its empty line, or null at the end. */
    private static String head(SocketChannel client, ByteBuffer in) throws IOException {
        while (true) {
            String text = ISO_8859_1.decode(in.duplicate().flip()).toString();
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                in.flip().position(end + 4);
                in.compact();
                return text.substring(0, end).replace("\r\n", "\n");
            }
            if (client.read(in) < 0) {
                return null;
            }
        }
    }

    private static void answer(SocketChannel client, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        String head = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(json.isEmpty() ? "404 Not Found" : "200 OK", body.length);
        write(client, ByteBuffer.wrap((head + json).getBytes(UTF_8)));
    }

    private static void upgrade(SocketChannel client, String head) throws IOException {
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            throw new IOException("an upgrade without a key");
        }
        String accept;
        try {
            byte[] proof = MessageDigest.getInstance("SHA-1")
                    .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
            accept = Base64.getEncoder().encodeToString(proof);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + accept
                + "\r\n\r\n";
        write(client, ByteBuffer.wrap(answer.getBytes(ISO_8859_1)));
    }

    private void send(SocketChannel client, String target) throws IOException {
        FrameWriter.Kind kind = target.toLowerCase(Locale.ROOT).contains("@aggtrade")
                ? FrameWriter.Kind.AGGREGATE
                : FrameWriter.Kind.RAW;
        sent = 0;
        if (rate == 0) {
            sendAtOnce(client, new Ring(kind, names.getFirst()));
        } else {
            sendOnSchedule(client, kind);
        }
    }

    private void sendAtOnce(SocketChannel client, Ring ring) throws IOException {
        long began = System.nanoTime();
        long bytes = 0;
        for (long at = 0; at < trades; ) {
            long left = trades - at;
            ByteBuffer frames = ring.frames(at, (int) Math.min(CHUNK, left));
            bytes += frames.remaining();
            at += Math.min(Math.min(CHUNK, left), Market.LAP - at % Market.LAP);
            write(client, frames);
            sent = at;
        }
        say("sent %d %d %d".formatted(trades, bytes, System.nanoTime() - began));
    }

    private void sendOnSchedule(SocketChannel client, FrameWriter.Kind kind) throws IOException {
        FrameWriter[] writers =
                names.stream().map(name -> new FrameWriter(market, kind, name)).toArray(FrameWriter[]::new);
        int burst = Math.max(1, (int) (rate * BURST_NANOS / TimeUnit.SECONDS.toNanos(1)));
        long between = TimeUnit.SECONDS.toNanos(1) * burst / rate;
        ByteBuffer out = ByteBuffer.allocateDirect(burst * 320);
        say("ready now");
        if (System.in.read() < 0) { // whoever measures says when
            throw new EOFException("whoever measures is gone");
        }
        long began = System.nanoTime();
        say("began %d %d %d".formatted(began, burst, between));
        for (long at = 0; at < trades; at += burst) {
            awaitNanos(began + at / burst * between);
            out.clear();
            for (int i = 0; i < burst; i++) {
                long number = at + i;
                writers[(int) (number % symbols)].write(number / symbols, out);
            }
            write(client, out.flip());
            sent = at + burst;
        }
        say("sent %d 0 %d".formatted(sent, System.nanoTime() - began));
    }

    /** Sleeps, but for the last of it: a sleeper is woken some 50 µs late. */
    private static void awaitNanos(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > OVERSLEPT_NANOS) {
                LockSupport.parkNanos(left - OVERSLEPT_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private static void write(SocketChannel client, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** Until the other side goes; what it says is of no interest. */
    private static void drain(SocketChannel client, ByteBuffer in) throws IOException {
        while (client.read(in.clear()) >= 0) {}
    }
}
