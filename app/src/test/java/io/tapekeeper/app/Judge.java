package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.CsvExport;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds a store against the true tape, which the local exchange tells: every trade there once and in order, and bars,
 * features, alerts and signals as a recorder would have them that never missed anything. What may differ is left out:
 * the received time, and how often a row was corrected.
 */
final class Judge {
    private static final int PAGE = 50_000;
    private static final List<String> MAY_DIFFER = List.of("received_us", "revision");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Path folder;

    /** @param folder for the store of the recorder that misses nothing */
    Judge(int port, Path folder) {
        this.port = port;
        this.folder = folder;
    }

    /** The exchange's trades from one id to another, both included. */
    List<Trade> tape(TapeId tape, long firstId, long lastId) {
        List<Trade> trades = new ArrayList<>();
        forEachTrade(tape, firstId, lastId, trades::add);
        return trades;
    }

    /** The same one by one: a tape that was played at full speed is longer than memory. */
    private void forEachTrade(TapeId tape, long firstId, long lastId, Consumer<Trade> each) {
        long next = firstId;
        while (next <= lastId) {
            List<String> rows = get("/sim/tape?symbol=%s&kind=%s&fromId=%d&limit=%d"
                            .formatted(tape.symbol(), tape.kind().label(), next, PAGE))
                    .lines()
                    .skip(1)
                    .toList();
            if (rows.isEmpty()) {
                break;
            }
            for (String row : rows) {
                Trade trade = trade(row.split(",", -1), tape.kind());
                if (trade.id() <= lastId) {
                    each.accept(trade);
                }
                next = trade.id() + 1;
            }
        }
    }

    private static Trade trade(String[] cells, TapeKind kind) {
        long time = Long.parseLong(cells[3]);
        return new Trade(
                Long.parseLong(cells[0]),
                Decimals.parse(cells[1]),
                Decimals.parse(cells[2]),
                Boolean.parseBoolean(cells[4]) ? Side.SELL : Side.BUY,
                time,
                time,
                kind == TapeKind.RAW ? 1 : (int) (Long.parseLong(cells[6]) - Long.parseLong(cells[5]) + 1));
    }

    String get(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the venue lacks of one tape, and the first id that it still serves. */
    private record Lacking(Set<Long> blanked, Set<Long> absent, long firstServed) {
        boolean says(GapCause cause, long id) {
            return switch (cause) {
                case BLANKED -> blanked.contains(id);
                case ABSENT -> absent.contains(id);
                case BEYOND_RETENTION -> id < firstServed;
                case MISSED, UNRESOLVED -> false;
            };
        }
    }

    private Lacking lacking(TapeId tape) {
        boolean raw = tape.kind() == TapeKind.RAW;
        for (JsonNode symbol : JSON.readTree(get("/sim/holes")).get("symbols")) {
            if (symbol.get("symbol").asString().equals(tape.symbol())) {
                Set<Long> absent = new HashSet<>();
                if (raw) {
                    for (JsonNode range : symbol.get("absentTrades")) {
                        for (long id = range.get(0).asLong(); id <= range.get(1).asLong(); id++) {
                            absent.add(id);
                        }
                    }
                } else {
                    symbol.get("absentAggregates").forEach(id -> absent.add(id.asLong()));
                }
                Set<Long> blanked = new HashSet<>();
                if (!raw) {
                    symbol.get("blankedAggregates").forEach(id -> blanked.add(id.asLong()));
                }
                String first = raw ? "firstAvailableTradeId" : "firstAvailableAggregateId";
                return new Lacking(blanked, absent, symbol.get(first).asLong());
            }
        }
        throw new AssertionError("the exchange does not know " + tape);
    }

    /** Whether the ledger has nothing open, and names every id that is not there. */
    static boolean isWhole(Path db) {
        try (History history = History.open(db)) {
            for (Series series : history.series()) {
                TapeId id = series.tape();
                if (!history.openGaps(id).isEmpty()
                        || !named(history, id).keySet().containsAll(missing(history, id))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The newest aggregate of BTC/USDT that the exchange has played. */
    long lastPlayed() {
        return playedId("lastAggregateId");
    }

    /** The oldest one. */
    long firstPlayed() {
        return playedId("firstAggregateId");
    }

    private long playedId(String name) {
        Matcher id = Pattern.compile("\"symbol\":\"BTCUSDT\".*?\"" + name + "\":(-?\\d+)")
                .matcher(get("/sim/state"));
        assertTrue(id.find());
        return Long.parseLong(id.group(1));
    }

    /** Waits until so many more trades have happened, recorded or not. */
    void awaitPlayed(int trades, Duration atMost) {
        long target = lastPlayed() + trades;
        await().atMost(atMost).until(() -> lastPlayed() >= target);
    }

    /** The longest time from one stored trade to the next; the shortest of those of all tapes. */
    static Duration longestSilence(Path db) {
        try (History history = History.open(db)) {
            return history.series().stream()
                    .map(series -> longestSilence(history, series.tape()))
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }

    private static Duration longestSilence(History history, TapeId id) {
        AtomicLong before = new AtomicLong(Long.MAX_VALUE);
        AtomicLong longest = new AtomicLong();
        history.trades(id, 0, trade -> {
            longest.accumulateAndGet(trade.venueTime() - before.get(), Math::max);
            before.set(trade.venueTime());
        });
        return Duration.of(longest.get(), ChronoUnit.MICROS);
    }

    /** Why ids will never come, as the ledger has it. */
    static Set<GapCause> causes(Path db) {
        Set<GapCause> causes = EnumSet.noneOf(GapCause.class);
        try (History history = History.open(db)) {
            for (Series series : history.series()) {
                causes.addAll(named(history, series.tape()).values());
            }
        }
        return causes;
    }

    /** Ids between the first and the last trade that are not stored. */
    private static Set<Long> missing(History history, TapeId id) {
        Set<Long> missing = new TreeSet<>();
        history.missingRanges(
                id,
                history.firstTradeId(id).orElseThrow(),
                history.lastTradeId(id).orElseThrow(),
                range -> {
                    for (long at = range.first(); at <= range.last(); at++) {
                        missing.add(at);
                    }
                });
        return missing;
    }

    /** Ids that according to the ledger will never come. */
    private static Map<Long, GapCause> named(History history, TapeId id) {
        Map<Long, GapCause> named = new TreeMap<>();
        for (LedgerEntry entry : history.gaps(id)) {
            if (!entry.isOpen() && entry.cause() != GapCause.MISSED) {
                for (long at = entry.gap().firstId(); at <= entry.gap().lastId(); at++) {
                    named.put(at, entry.cause());
                }
            }
        }
        return named;
    }

    /**
     * Asserts that a store has all that the exchange has between the first and the last trade of the store, and nothing
     * else; that the ledger names exactly what is not there, with the cause that the exchange confirms; and that the
     * rows are those of a recorder that missed nothing.
     *
     * @param context said where it does not hold, with the seed
     */
    void assertWhole(Path db, String context) {
        try (History history = History.open(db)) {
            for (Series series : history.series()) {
                assertWhole(history, series, context);
            }
        }
    }

    private void assertWhole(History history, Series series, String context) {
        TapeId id = series.tape();
        assertEquals(List.of(), history.openGaps(id), context + ": open in the ledger");
        Map<Long, GapCause> named = named(history, id);
        assertEquals(missing(history, id), named.keySet(), context + ": missing, and in the ledger");
        Lacking lacking = lacking(id);
        named.forEach((at, cause) ->
                assertTrue(lacking.says(cause, at), context + ": id " + at + " is in the ledger as " + cause.label()));
        long first = history.firstTradeId(id).orElseThrow();
        long last = history.lastTradeId(id).orElseThrow();
        Path other = folder.resolve("whole-" + System.nanoTime() + ".db");
        record(other, series, first, last, named, history);
        Path expected = folder.resolve("expected.csv");
        Path actual = folder.resolve("actual.csv");
        try (History whole = History.open(other)) {
            export(whole, series, expected);
        }
        export(history, series, actual);
        Optional<String> difference = firstDifference(expected, actual);
        if (difference.isPresent()) {
            fail(context + ": " + difference.get());
        }
    }

    /** Records a tape on which nothing is missing but what the venue itself lacks. */
    private void record(Path db, Series series, long firstId, long lastId, Map<Long, GapCause> named, History told) {
        LiveView view = new LiveView(100, System::nanoTime);
        view.addSeries(series, SeriesInfo.live(series, Preset.CLASSIC));
        List<LedgerEntry> ledger = told.gaps(series.tape());
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
            TapePipeline watch = new TapePipeline(series, Preset.CLASSIC, recorder, view, new HoldLimit(0, 1_000));
            AtomicLong next = new AtomicLong(firstId);
            forEachTrade(series.tape(), firstId, lastId, trade -> {
                if (named.get(trade.id()) == GapCause.BEYOND_RETENTION) {
                    return;
                }
                if (trade.id() > next.get()) {
                    declare(watch, ledger, next.get(), trade.id() - 1);
                }
                watch.traded(trade, 0);
                next.set(trade.id() + 1);
            });
        }
    }

    private static void declare(TapePipeline watch, List<LedgerEntry> ledger, long first, long last) {
        for (LedgerEntry entry : ledger) {
            if (!entry.isOpen()
                    && entry.cause() != GapCause.MISSED
                    && entry.gap().firstId() <= last
                    && entry.gap().lastId() >= first) {
                watch.missing(
                        Math.max(first, entry.gap().firstId()),
                        Math.min(last, entry.gap().lastId()),
                        entry.cause(),
                        0);
            }
        }
    }

    private static void export(History history, Series series, Path file) {
        List<Series> all = List.of(series);
        try (BufferedWriter rows = Files.newBufferedWriter(file)) {
            CsvExport export = new CsvExport(history, rows);
            export.trades(all);
            export.bars(all);
            export.features(all);
            export.alerts(all);
            export.signals(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compares line by line, but for what may differ. */
    private static Optional<String> firstDifference(Path expected, Path actual) {
        try (BufferedReader one = Files.newBufferedReader(expected);
                BufferedReader other = Files.newBufferedReader(actual)) {
            Set<Integer> ignored = Set.of();
            for (long line = 1; ; line++) {
                String wanted = one.readLine();
                String found = other.readLine();
                if (wanted == null || found == null) {
                    return wanted == null && found == null
                            ? Optional.empty()
                            : Optional.of("line %d: expected %s, but was %s".formatted(line, wanted, found));
                }
                List<String> columns = List.of(wanted.split(",", -1));
                if (columns.contains("instrument")) { // the header of the next table
                    ignored = MAY_DIFFER.stream().map(columns::indexOf).collect(Collectors.toSet());
                }
                if (!without(ignored, wanted).equals(without(ignored, found))) {
                    return Optional.of("line %d:%nexpected %s%nbut was  %s".formatted(line, wanted, found));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> without(Set<Integer> columns, String line) {
        String[] cells = line.split(",", -1);
        return IntStream.range(0, cells.length)
                .filter(at -> !columns.contains(at))
                .mapToObj(at -> cells[at])
                .toList();
    }
}
