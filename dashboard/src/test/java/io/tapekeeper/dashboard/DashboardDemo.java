package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Severity;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shows the page with invented trades, to look at it: {@code port symbols state minutesOfPast}. State is live,
 * warming-up, stale, disconnected, replay, simulated, holes (one of 8 s every 25), trouble (all that can be wrong with
 * the data), repair (of a hole, done after half a minute) or plain.
 */
final class DashboardDemo {
    private static final String[] SYMBOLS = {
        "BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "BNBUSDT"
    };
    private static final double[] PRICES = {61_849.5, 2_683.12, 152.41, 0.6112, 0.10344, 0.45, 580};
    private static final long[] STEPS = {1_000_000, 1_000_000, 1_000_000, 10_000, 1_000, 10_000, 1_000_000};

    private static final long HOLE_MICROS = TimeUnit.SECONDS.toMicros(90);
    private static final int REPAIR_BEATS = 500;

    private static List<FeatureRow> hole = List.of();

    private DashboardDemo() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        int symbols = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        String state = args.length > 2 ? args[2] : "live";
        int minutes = args.length > 3 ? Integer.parseInt(args[3]) : 120;
        RecordedStore store =
                new RecordedStore(Files.createTempDirectory("dashboard-demo").resolve("demo.db"));
        LiveView view = new LiveView(LiveView.RING_ROWS, System::nanoTime);
        List<RandomTape> tapes = new ArrayList<>();
        long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        for (int i = 0; i < symbols; i++) {
            int kind = i % SYMBOLS.length;
            RandomTape[] self = new RandomTape[1];
            var out = new RandomTape.Told(view, store, () -> self[0].series);
            self[0] = new RandomTape(
                    (i < SYMBOLS.length ? "" : "C" + i) + SYMBOLS[kind],
                    PRICES[kind],
                    STEPS[kind],
                    state.equals("simulated"),
                    42 + i,
                    out);
            RandomTape tape = self[0];
            if (i == 0 && state.equals("repair")) {
                long from = now / 1_000_000 * 1_000_000 - TimeUnit.SECONDS.toMicros(170);
                out.withhold(from, from + HOLE_MICROS);
                hole = out.withheld;
            }
            long hole = now - TimeUnit.SECONDS.toMicros(170);
            boolean gapped = i > 0 || state.equals("repair");
            for (long at = now - TimeUnit.MINUTES.toMicros(minutes); at < now; at += 130_000) {
                if (!gapped && at > hole) {
                    gapped = true;
                    at += 12_000_000;
                    tape.gap();
                }
                tape.trade(at);
            }
            out.live = true;
            tapes.add(tape);
            view.addSeries(
                    tape.series,
                    state.equals("replay")
                            ? SeriesInfo.replay(Preset.CLASSIC, "60×")
                            : SeriesInfo.live(tape.series, Preset.CLASSIC));
        }
        store.recorder().flush();
        try (Dashboard dashboard = new Dashboard(view, store.history(), "127.0.0.1", port)) {
            dashboard.start();
            System.out.println("http://127.0.0.1:" + dashboard.port() + "/");
            run(view, store, tapes, state);
        }
    }

    private static void run(LiveView view, RecordedStore store, List<RandomTape> tapes, String state)
            throws InterruptedException {
        long lastTrade = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        long beats = 0;
        boolean inHole = false;
        while (true) {
            long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
            boolean before = inHole;
            inHole = state.equals("holes") && now / 1_000_000 % 25 < 8;
            for (RandomTape tape : tapes) {
                if (before && !inHole) {
                    tape.gap();
                }
                if (!inHole && !state.equals("stale") && !state.equals("disconnected")) {
                    tape.trade(now);
                    lastTrade = now;
                    view.forming(tape.series, tape.forming(), now);
                }
                if (beats % 8 == 0) {
                    Completeness completeness =
                            tape == tapes.getFirst() ? completeness(state, beats) : Completeness.WHOLE;
                    view.health(tape.series, health(tape, state, now - lastTrade, completeness));
                }
            }
            beats++;
            view.system(system(state, now));
            if (beats == REPAIR_BEATS && !hole.isEmpty()) {
                Series series = tapes.getFirst().series;
                store.addAll(series, hole);
                long from = hole.getFirst().bar().start();
                view.corrected(series, from, hole, List.of(), null);
                hole = List.of();
            }
            TimeUnit.MILLISECONDS.sleep(60);
        }
    }

    private static Completeness completeness(String state, long beats) {
        if (state.equals("trouble")) {
            return new Completeness(2, 1_204, null);
        }
        long done = 690 * beats / REPAIR_BEATS;
        return state.equals("repair") && beats < REPAIR_BEATS
                ? new Completeness(1, 690 - done, new Completeness.Repair(done, 690, (690 - done) / 23))
                : Completeness.WHOLE;
    }

    private static SystemHealth system(String state, long now) {
        if (!state.equals("trouble")) {
            return new SystemHealth(
                    new SystemHealth.RateBudget("api.binance.com", 6_000, 420, 20, 0),
                    new SystemHealth.Writing(12, 65_536, ""),
                    new SystemHealth.Disk(84_000_000_000L, 1.2e9),
                    List.of());
        }
        long since = now - 95_000_000;
        return new SystemHealth(
                new SystemHealth.RateBudget("api.binance.com", 6_000, 5_130, 2_900, 0),
                new SystemHealth.Writing(41_000, 65_536, "The disk of data/tapekeeper.db is full: make room."),
                new SystemHealth.Disk(1_700_000_000L, 1.2e9),
                List.of(
                        new QualityAlert(
                                QualityAlert.Kind.WRITER_BEHIND,
                                "",
                                since,
                                Severity.CRITICAL,
                                "The disk of data/tapekeeper.db is full: make room."),
                        new QualityAlert(
                                QualityAlert.Kind.OPEN_GAP,
                                "BTCUSDT",
                                since,
                                Severity.WARNING,
                                "1,204 trades are missing in 2 gaps; no repair is under way."),
                        new QualityAlert(
                                QualityAlert.Kind.CLOCK,
                                "",
                                since,
                                Severity.WARNING,
                                "This machine's clock is 1.4 s behind the venue's: let network"
                                        + " time (NTP) set it.")));
    }

    private static Health health(RandomTape tape, String state, long ageMicros, Completeness completeness) {
        Health.State now = Health.State.LIVE;
        String reason = "";
        switch (state) {
            case "stale" -> {
                now = Health.State.STALE;
                reason = "no trade for longer than usual";
            }
            case "disconnected" -> {
                now = Health.State.DISCONNECTED;
                reason = "Binance cannot be reached (connection refused), next try in 4 s";
            }
            default -> {
                if (tape.warm() < 20) {
                    now = Health.State.WARMING_UP;
                }
            }
        }
        return new Health(
                now,
                reason,
                1,
                TimeUnit.MICROSECONDS.toMillis(ageMicros),
                tape.warm(),
                20,
                tape.trades(),
                16.7,
                !state.equals("replay"),
                5_000,
                completeness,
                state.equals("trouble") ? 1_400 : -3,
                state.equals("replay") ? Latency.UNKNOWN : new Latency(42, 310));
    }
}
