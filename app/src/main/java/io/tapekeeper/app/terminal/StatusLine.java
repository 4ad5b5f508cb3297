package io.tapekeeper.app.terminal;

import io.tapekeeper.feature.Feature;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.recorder.Notices;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeKind;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the recording goes, on the terminal: one line that is rewritten; where the output is no terminal, a plain line
 * every ten seconds. Owned by the main thread.
 */
public final class StatusLine implements Notices {
    private static final int SHOWN = 3;
    private static final double CLOCK_SHOWN_MILLIS = 1_000;
    private static final int NARROWEST = 20;
    private static final long PLAIN_EVERY_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final int columns;
    private final Map<TapePipeline, Health.State> states = new HashMap<>();
    private long printedAt;
    private int width;

    public StatusLine(PrintStream out) {
        this.out = out;
        // Whether standard output is a terminal; the launcher knows, a JVM of level 21 does not.
        terminal = Boolean.getBoolean("tapekeeper.terminal");
        columns = Math.max(NARROWEST, Integer.getInteger("tapekeeper.columns", 80));
        printedAt = System.nanoTime();
    }

    /** Prints where it is time to. */
    @Override
    public void show(List<TapePipeline> watches, Map<Series, Health> health) {
        for (TapePipeline watch : watches) {
            sayIfChanged(watch, health.get(watch.series()));
        }
        if (!terminal && System.nanoTime() - printedAt < PLAIN_EVERY_NANOS) {
            return;
        }
        printedAt = System.nanoTime();
        String text = watches.stream()
                .limit(SHOWN)
                .map(watch -> describe(watch, health.get(watch.series())))
                .collect(Collectors.joining("  |  "));
        if (watches.size() > SHOWN) {
            text += "  |  and " + (watches.size() - SHOWN) + " more";
        }
        if (terminal) {
            text = text.substring(0, Math.min(text.length(), columns - 1)); // a wrapped line stays
            out.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            out.flush();
            width = text.length();
        } else {
            say(text);
        }
    }

    private void sayIfChanged(TapePipeline watch, Health health) {
        if (health == null) {
            return;
        }
        Health.State before = states.put(watch, health.state());
        if (before == null || before == health.state()) {
            return; // it begins disconnected, which goes without saying
        }
        String symbol = watch.series().tape().symbol();
        switch (health.state()) {
            case STALE, DISCONNECTED ->
                say("%s %s: %s".formatted(symbol, health.state().label(), health.reason()));
            case LIVE, WARMING_UP -> {
                if (before == Health.State.STALE || before == Health.State.DISCONNECTED) {
                    say(symbol + " connected");
                }
            }
        }
    }

    /** A line of its own, above the status line. */
    @Override
    public void say(String line) {
        if (terminal) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.println(line);
            width = 0;
        } else {
            out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
        }
        out.flush();
    }

    /** Leaves the last status where it is. */
    @Override
    public void end() {
        if (terminal && width > 0) {
            out.println();
            out.flush();
        }
    }

    private static String describe(TapePipeline watch, Health health) {
        TapePipeline.Now now = watch.now();
        String symbol = watch.series().tape().symbol();
        if (health == null || now.lastTradeTime() == 0) {
            return symbol + " waiting for the first trade";
        }
        StringBuilder line = new StringBuilder(symbol).append(' ');
        int places = watch.series().instrument().pricePlaces();
        line.append(String.format(Locale.ROOT, "%,." + places + "f", Decimals.toDouble(now.price())));
        FeatureRow row = now.row();
        if (row != null && !Double.isNaN(row.values().of(Feature.ZSCORE))) {
            line.append(String.format(
                    Locale.ROOT,
                    "  %s z %+.2f",
                    row.signal().label(),
                    row.values().of(Feature.ZSCORE)));
        } else {
            line.append("  warming up %d of %d".formatted(health.warm(), health.warmOf()));
        }
        boolean trades = watch.series().tape().kind() != TapeKind.POLL;
        if (trades && !Double.isNaN(health.tradesPerSecond())) {
            line.append(String.format(Locale.ROOT, "  %.1f trades/s", health.tradesPerSecond()));
        }
        if (health.agesMeaningful()) {
            line.append(String.format(Locale.ROOT, "  last %.1f s ago", health.lastTradeAgeMillis() / 1e3));
        }
        if (health.storedTrades() >= 0) {
            line.append(String.format(Locale.ROOT, "  %,d stored", health.storedTrades()));
        }
        Completeness completeness = health.completeness();
        if (completeness.isKnown() && !completeness.isWhole()) {
            line.append(String.format(Locale.ROOT, "  %,d missing", completeness.missingTrades()));
            if (completeness.repair() != null) {
                line.append(", repairing %d %%".formatted(completeness.repair().percent()));
                long left = completeness.repair().etaSeconds();
                if (left >= 0) {
                    line.append(", %d:%02d left".formatted(left / 60, left % 60));
                }
            }
        }
        double offset = health.clockOffsetMillis();
        if (Math.abs(offset) > CLOCK_SHOWN_MILLIS) {
            line.append(String.format(Locale.ROOT, "  clock off by %+.1f s", -offset / 1e3));
        }
        switch (health.state()) {
            case LIVE, WARMING_UP -> {}
            case STALE -> line.append("  STALE: ").append(health.reason());
            case DISCONNECTED -> line.append("  DISCONNECTED: ").append(health.reason());
        }
        return line.toString();
    }
}
