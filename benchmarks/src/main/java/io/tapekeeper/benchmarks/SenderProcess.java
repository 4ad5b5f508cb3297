package io.tapekeeper.benchmarks;

import io.tapekeeper.benchmarks.sender.Sender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The {@link Sender}, running. */
final class SenderProcess implements AutoCloseable {
    /**
     * @param beganNanos when the first burst was due; {@link System#nanoTime} of this process, for the monotonic clock
     *     is the machine's
     * @param burst trades in each
     * @param betweenNanos from one to the next
     */
    record Schedule(long beganNanos, int burst, long betweenNanos) {
        /** When the trade with this number, from 0 on, was to be sent. */
        long dueNanos(long number) {
            return beganNanos + number / burst * betweenNanos;
        }
    }

    private static final int START_SECONDS = 30;

    private final Program program;
    private final int port;
    private final List<String> symbols;

    private SenderProcess(Program program) throws IOException, InterruptedException {
        this.program = program;
        port = Integer.parseInt(program.await("listens", START_SECONDS));
        symbols = List.of(program.await("symbols", START_SECONDS).split(","));
    }

    /** One symbol, as fast as it is read. */
    static SenderProcess atOnce(Path folder, long trades) throws IOException, InterruptedException {
        return start(folder, "--trades=" + trades);
    }

    /**
     * @param rate trades a second, all symbols together
     * @param barTrades trades of a symbol in a second of the market's time
     * @param jumpEvery a bar in so many opens an alert; 0 = none
     */
    static SenderProcess onSchedule(Path folder, long trades, int symbols, int rate, int barTrades, int jumpEvery)
            throws IOException, InterruptedException {
        return start(
                folder,
                "--trades=" + trades,
                "--symbols=" + symbols,
                "--rate=" + rate,
                "--bar-trades=" + barTrades,
                "--jump-every=" + jumpEvery);
    }

    private static SenderProcess start(Path folder, Object... arguments) throws IOException, InterruptedException {
        return new SenderProcess(Program.start(folder, Sender.class.getName(), List.of("-Xmx256m"), arguments));
    }

    int port() {
        return port;
    }

    List<String> symbols() {
        return symbols;
    }

    /** Returns when somebody has opened a socket; a schedule does not begin by itself. */
    void awaitReader() throws IOException, InterruptedException {
        program.await("ready", START_SECONDS);
    }

    /** Begins with the schedule. */
    Schedule begin() throws IOException, InterruptedException {
        program.tell("begin");
        long[] told = Arrays.stream(program.await("began", START_SECONDS).split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        return new Schedule(told[0], (int) told[1], told[2]);
    }

    /** Returns when the last trade was sent. */
    void awaitSent(long seconds) throws IOException, InterruptedException {
        program.await("sent", seconds);
    }

    @Override
    public void close() {
        program.close();
    }
}
