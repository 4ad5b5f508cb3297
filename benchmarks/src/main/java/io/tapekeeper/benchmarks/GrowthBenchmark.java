package io.tapekeeper.benchmarks;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.Checkpoint;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Whether a store that grows stays as fast: {@code GrowthBenchmark FOLDER TRADES...}, for example
 * {@code GrowthBenchmark /tmp/growth 100000 1000000 10000000}.
 *
 * <p>Each store is recorded by the product's own classes, thirty trades a second of a random walk with ids, prices and
 * times as large as Binance's; one that is there already is used again. Then the table: bytes a trade by table, what a
 * start reads before it can go on, and how long a page waits for a range of any length, asked over HTTP one after the
 * other.
 */
public final class GrowthBenchmark {
    private static final Instrument BTCUSDT =
            new Instrument("binance", "BTCUSDT", Decimals.parse("0.01"), Decimals.parse("0.00001"));
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Series SERIES = new Series(TAPE, BTCUSDT, Preset.CLASSIC.label(), Interval.SECOND);
    private static final String SERIES_ID = "binance.BTCUSDT.aggregate.classic.1s.simulated";
    private static final long FIRST_ID = 3_500_000_000L;
    private static final long START = 1_735_689_600_000_000L; // 2025-01-01
    private static final int TRADES_A_SECOND = 30;
    private static final int QUERIES = 1_000;
    private static final int STARTS = 9;

    private GrowthBenchmark() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        System.out.println("trades | recorded/s, the last tenth | bytes/trade: trade bar+feature rollup other all | "
                + "start ms | range ms p50 p99 most | newest ms p50 p99");
        for (String size : Arrays.copyOfRange(args, 1, args.length)) {
            measure(folder, Long.parseLong(size));
        }
    }

    private static void measure(Path folder, long trades) throws Exception {
        Path file = folder.resolve("growth-" + trades + ".db");
        String speed = "-";
        if (!Files.exists(file)) {
            double[] speeds = record(file, trades);
            speed = "%,.0f, %,.0f".formatted(speeds[0], speeds[1]);
        }
        String bytes = bytes(file, trades);
        double[] starts = new double[STARTS];
        for (int n = 0; n < STARTS; n++) {
            starts[n] = start(file);
        }
        Arrays.sort(starts);
        try (History history = History.open(file);
                Dashboard dashboard =
                        new Dashboard(new LiveView(LiveView.RING_ROWS, System::nanoTime), history, "127.0.0.1", 0)) {
            dashboard.start();
            Client client = new Client("http://127.0.0.1:" + dashboard.port());
            long seconds = trades / TRADES_A_SECOND;
            client.ranges(seconds, QUERIES); // warm up
            double[] ranges = client.ranges(seconds, QUERIES);
            double[] newest = client.newest(QUERIES / 5);
            System.out.printf(
                    Locale.ROOT,
                    "%,d | %s | %s | %.1f | %.1f %.1f %.1f | %.1f %.1f%n",
                    trades,
                    speed,
                    bytes,
                    starts[STARTS / 2],
                    percentile(ranges, 50),
                    percentile(ranges, 99),
                    ranges[ranges.length - 1],
                    percentile(newest, 50),
                    percentile(newest, 99));
        }
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    /** Bytes of whole pages for each trade, by table. */
    private static String bytes(Path file, long trades) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                                SELECT sum(pgsize * (name = 'trade')),
                                    sum(pgsize * (name IN ('bar', 'feature'))),
                                    sum(pgsize * (name = 'rollup')),
                                    sum(pgsize * (name NOT IN ('trade', 'bar', 'feature', 'rollup'))),
                                    sum(pgsize),
                                    1.0 - 1.0 * sum(unused * (name = 'trade'))
                                        / sum(pgsize * (name = 'trade'))
                                FROM dbstat WHERE aggregate = 1
                                """)) {
            row.next();
            return "%.1f %.1f %.2f %.2f %.1f (trade pages %.0f %% full)"
                    .formatted(
                            row.getDouble(1) / trades,
                            row.getDouble(2) / trades,
                            row.getDouble(3) / trades,
                            row.getDouble(4) / trades,
                            row.getDouble(5) / trades,
                            row.getDouble(6) * 100);
        }
    }

    /** What a start reads before the tape goes on, milliseconds; and nothing is recorded. */
    private static double start(Path file) {
        long began = System.nanoTime();
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL);
                History history = History.open(file)) {
            Checkpoint newest = history.checkpoint(SERIES).orElseThrow();
            long[] replayed = {0};
            history.trades(TAPE, newest.lastTradeId() + 1, trade -> replayed[0]++);
            history.latestFeatures(SERIES, LiveView.RING_ROWS);
            history.openGaps(TAPE);
            if (history.tradeCount(TAPE)
                            != history.lastTradeId(TAPE).orElseThrow()
                                    - history.firstTradeId(TAPE).orElseThrow()
                                    + 1
                    || recorder.failure().isPresent()) {
                throw new IllegalStateException("the store is not whole");
            }
            return (System.nanoTime() - began) / 1e6;
        }
    }

    /** Trades a second of all, and of the last tenth alone, for that is what shows growth. */
    private static double[] record(Path file, long trades) {
        Random random = new Random(trades);
        long began = System.nanoTime();
        long tenthBegan = began;
        long tenth = trades / 10;
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            Pipeline pipeline = new Pipeline(SERIES, Preset.CLASSIC, new Writing(recorder), HoldLimit.none());
            long cents = 6_100_000;
            long time = START;
            for (long n = 0; n < trades; n++) {
                if (n == trades - tenth) {
                    recorder.flush();
                    tenthBegan = System.nanoTime();
                }
                cents += random.nextInt(41) - 20;
                time += random.nextInt(2 * 1_000 / TRADES_A_SECOND) * 1_000L;
                Trade trade = new Trade(
                        FIRST_ID + n,
                        cents * (Decimals.ONE / 100),
                        (1 + random.nextInt(1 << random.nextInt(20))) * 1_000L,
                        random.nextBoolean() ? Side.BUY : Side.SELL,
                        time,
                        time + 20_000 + random.nextInt(60_000),
                        1 + Math.max(0, random.nextInt(6) - 3));
                recorder.trade(TAPE, trade);
                pipeline.offer(trade, 0);
            }
        }
        long ended = System.nanoTime();
        return new double[] {trades / ((ended - began) / 1e9), tenth / ((ended - tenthBegan) / 1e9)};
    }

    /** Puts what the pipeline reports into the store, with checkpoints. */
    private record Writing(Recorder recorder) implements TapeListener {
        @Override
        public void row(FeatureRow row) {
            recorder.row(SERIES, row);
        }

        @Override
        public void stateDue(Supplier<PipelineState> due) {
            PipelineState state = due.get();
            recorder.checkpoint(SERIES, state.lastId(), state.lastBarStart(), state.bytes());
        }

        @Override
        public void alertOpened(Alert alert) {
            recorder.alertOpened(SERIES, alert);
        }

        @Override
        public void alertClosed(Alert alert) {
            recorder.alertClosed(SERIES, alert);
        }

        @Override
        public void signalChanged(SignalChange change) {
            recorder.signalChanged(SERIES, change);
        }
    }

    /** A page that asks, one question after the other. */
    private record Client(String address, HttpClient http) {
        Client(String address) {
            this(address, HttpClient.newHttpClient());
        }

        /** Stretches from a minute to all, long ones as often as short ones; sorted, ms. */
        double[] ranges(long seconds, int queries) throws IOException, InterruptedException {
            Random random = new Random(seconds);
            long begin = START / 1_000_000;
            double[] took = new double[queries];
            for (int n = 0; n < queries; n++) {
                long span = Math.round(60 * Math.pow(seconds / 60.0, random.nextDouble()));
                long from = begin + random.nextLong(seconds - span + 1);
                took[n] = ask("/api/range?series=%s&from=%d&to=%d&points=2000".formatted(SERIES_ID, from, from + span));
            }
            Arrays.sort(took);
            return took;
        }

        /** What a page asks for first. */
        double[] newest(int queries) throws IOException, InterruptedException {
            double[] took = new double[queries];
            for (int n = 0; n < queries; n++) {
                took[n] = ask("/api/history?series=" + SERIES_ID);
            }
            Arrays.sort(took);
            return took;
        }

        private double ask(String path) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(address + path)).build();
            long began = System.nanoTime();
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            double took = (System.nanoTime() - began) / 1e6;
            if (answer.statusCode() != 200 || answer.body().length < 100) {
                throw new IllegalStateException(path + ": " + answer.statusCode());
            }
            return took;
        }
    }
}
