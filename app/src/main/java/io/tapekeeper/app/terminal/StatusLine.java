package io.tapekeeper.app.terminal;

import io.tapekeeper.feature.Feature;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.recorder.Notices;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeKind;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Shows on the terminal how a recording goes: one line that is rewritten; where the output is no terminal, a plain line
 * every ten seconds. Owned by the main thread.
 */
public final class StatusLine implements Notices {
    private static final int SHOWN = 3;
    private static final double CLOCK_SHOWN_MILLIS = 1_000;
    private static final int NARROWEST = 20;
    private static final long PLAIN_EVERY_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final Clocks clocks;
    private final boolean terminal;
    private final int columns;
    private final Map<TapePipeline, Health.State> states = new HashMap<>();
    private long printedAt;
    private int width;

    public StatusLine(PrintStream out, Clocks clocks) {
        this.out = out;
        this.clocks = clocks;
        // Whether standard output is a terminal; the launcher knows, a JVM of level 21 does not.
        terminal = Boolean.getBoolean("tapekeeper.terminal");
        columns = Math.max(NARROWEST, Integer.getInteger("tapekeeper.columns", 80));
        printedAt = clocks.nanos().getAsLong();
    }

    @Override
    public void show(List<TapePipeline> watches, Map<Series, Health> health) {
        for (TapePipeline watch : watches) {
            sayIfChanged(watch, health.get(watch.series()));
        }
        long now = clocks.nanos().getAsLong();
        if (!terminal && now - printedAt < PLAIN_EVERY_NANOS) {
            return;
        }
        printedAt = now;
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
            return; // every recording begins disconnected, and then connects
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
            out.println(clocks.wall().instant().truncatedTo(ChronoUnit.SECONDS) + " " + line);
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
        TapeSnapshot now = watch.now();
        String symbol = watch.series().tape().symbol();
        if (health == null || now.lastTradeTime() == 0) {
            return symbol + " waiting for the first trade";
        }
        StringBuilder line = new StringBuilder(symbol).append(' ');
        int places = watch.series().instrument().pricePlaces();
        line.append(with("%,." + places + "f", Decimals.toDouble(now.price())));
        FeatureRow row = now.row();
        line.append(
                row != null && !Double.isNaN(row.values().of(Feature.ZSCORE))
                        ? with(
                                "  %s z %+.2f",
                                row.signal().label(), row.values().of(Feature.ZSCORE))
                        : with("  warming up %d of %d", health.warm(), health.warmOf()));
        if (watch.series().tape().kind() != TapeKind.POLL && !Double.isNaN(health.tradesPerSecond())) {
            line.append(with("  %.1f trades/s", health.tradesPerSecond()));
        }
        if (health.agesMeaningful()) {
            line.append(with("  last %.1f s ago", health.lastTradeAgeMillis() / 1e3));
        }
        if (health.storedTrades() >= 0) {
            line.append(with("  %,d stored", health.storedTrades()));
        }
        return line.append(missing(health.completeness()))
                .append(trouble(health))
                .toString();
    }

    private static String missing(Completeness completeness) {
        if (!completeness.isKnown() || completeness.isWhole()) {
            return "";
        }
        String missing = with("  %,d missing", completeness.missingTrades());
        if (completeness.repair() == null) {
            return missing;
        }
        long left = completeness.repair().etaSeconds();
        return missing
                + with(", repairing %d %%", completeness.repair().percent())
                + (left < 0 ? "" : with(", %d:%02d left", left / 60, left % 60));
    }

    private static String trouble(Health health) {
        double offset = health.clockOffsetMillis();
        String clock = Math.abs(offset) > CLOCK_SHOWN_MILLIS ? with("  clock off by %+.1f s", -offset / 1e3) : "";
        return switch (health.state()) {
            case LIVE, WARMING_UP -> clock;
            case STALE -> clock + "  STALE: " + health.reason();
            case DISCONNECTED -> clock + "  DISCONNECTED: " + health.reason();
        };
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
    private static String with(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
