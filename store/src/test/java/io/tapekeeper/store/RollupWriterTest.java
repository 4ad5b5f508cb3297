package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.BTCUSDT;
import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.RowRollup;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored rolled up is what the rows give, whatever happened to them. */
class RollupWriterTest {
    private static final Series OTHER = new Series(TAPE, BTCUSDT, "classic-12345678", Interval.SECOND);

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("tape.db");
    }

    private Recorder recorder() {
        return Recorder.open(file(), Durability.NORMAL);
    }

    private static FeatureRow random(long n, Random random) {
        long close = (1_000 + random.nextInt(100)) * Decimals.ONE;
        boolean traded = random.nextInt(4) > 0;
        boolean complete = random.nextInt(20) > 0;
        Bar bar = traded
                ? new Bar(
                        Interval.SECOND,
                        START + n * SECOND,
                        close,
                        close + random.nextInt(1_000),
                        close - random.nextInt(1_000),
                        close,
                        Amount.of(random.nextInt(1 << 30)),
                        Amount.product(random.nextInt(1 << 30), close),
                        1 + random.nextInt(50),
                        Amount.of(random.nextInt(1 << 20)),
                        complete,
                        false)
                : Bar.flat(Interval.SECOND, START + n * SECOND, close, complete, false);
        FeatureValues values = FeatureValues.of(
                Feature.all().stream().mapToDouble(any -> real(random)).toArray());
        Signal signal = Signal.ofZScore(random.nextInt(3) - 1, 0.5);
        return new FeatureRow(bar, values, signal, random.nextInt(8), complete);
    }

    private static double real(Random random) {
        return random.nextInt(10) == 0 ? Double.NaN : random.nextGaussian();
    }

    /** All levels of a series in the file, each against its definition. */
    private void check(Series series, String when) throws SQLException {
        try (History history = History.open(file());
                Connection connection = Samples.connect(file())) {
            List<RollupRow> rows = new ArrayList<>();
            history.features(series, Long.MIN_VALUE, Long.MAX_VALUE, row -> rows.add(RollupRow.of(row)));
            long end = rows.isEmpty() ? 0 : rows.getLast().bar().end();
            for (Interval level : RollupLevels.of(series.interval())) {
                List<RollupRow> expected = rolledUp(level, rows).stream()
                        .filter(row -> row.bar().start() < level.startOf(end))
                        .toList();
                assertEquals(expected, stored(connection, series, level), level + ", " + when);
            }
            checkRanges(history, series, rows, when);
        }
    }

    private static void checkRanges(History history, Series series, List<RollupRow> rows, String when) {
        if (rows.isEmpty()) {
            assertEquals(List.of(), history.range(series, 0, Long.MAX_VALUE, 9).rows(), when);
            return;
        }
        Random random = new Random(rows.size());
        long end = rows.getLast().bar().end();
        for (int n = 0; n < 10; n++) {
            long span = (long) Math.exp(random.nextDouble() * Math.log((double) (end - START))) + 1;
            long from = START + random.nextLong(end - START) - span / 2;
            int points = 1 + random.nextInt(100);
            RowRange range = history.range(series, from, from + span, points);
            String which = "%s, %d points of %d from %d".formatted(when, points, span, from);
            assertTrue(range.rows().size() <= points, which);
            assertEquals(end, range.end(), which);
            long first = Math.max(from, rows.getFirst().bar().start());
            List<RollupRow> all = rolledUp(range.interval(), rows);
            List<RollupRow> expected = all.stream()
                    .filter(row -> row.bar().start() >= range.interval().startOf(first)
                            && row.bar().start() < from + span)
                    .toList();
            assertEquals(expected, range.rows(), which);
        }
        RowRange whole = history.range(series, Long.MIN_VALUE, Long.MAX_VALUE, 50);
        assertEquals(rolledUp(whole.interval(), rows), whole.rows(), when);
    }

    private static List<RollupRow> rolledUp(Interval interval, List<RollupRow> rows) {
        List<RollupRow> wholes = new ArrayList<>();
        RowRollup rollup = new RowRollup(interval, wholes::add);
        rows.forEach(rollup::add);
        rollup.finish();
        return wholes;
    }

    private static List<RollupRow> stored(Connection connection, Series series, Interval level) throws SQLException {
        String sql = "SELECT %s FROM rollup WHERE interval = ? AND series =".formatted(RowMapper.ROLLUP)
                + " (SELECT id FROM series WHERE preset = ?) ORDER BY start";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, level.micros());
            statement.setString(2, series.preset());
            List<RollupRow> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                RowMapper row = new RowMapper(result);
                while (row.next()) {
                    rows.add(row.rollup());
                }
            }
            return rows;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 7})
    void isWhatTheRowsGiveWhateverHappens(long seed) throws Exception {
        Random random = new Random(seed);
        Recorder recorder = recorder();
        long next = random.nextInt(30);
        long first = 0;
        for (int turn = 0; turn < 60; turn++) {
            String when = "turn %d of seed %d".formatted(turn, seed);
            switch (random.nextInt(8)) {
                case 0 -> next += random.nextInt(random.nextInt(10) == 0 ? 9_000 : 90); // a hole
                case 1 -> { // a repair, or a replay behind a restart
                    long from = first + random.nextLong(Math.max(1, next - first));
                    long to = Math.min(next, from + random.nextInt(200));
                    for (long n = from; n < to; n++) {
                        recorder.row(CLASSIC, random(n, random));
                    }
                }
                case 2 -> { // another preset on the same bars, which it may correct
                    long from = first + random.nextLong(Math.max(1, next - first));
                    for (long n = from; n < Math.min(next, from + 100); n++) {
                        recorder.row(OTHER, random(n, random));
                    }
                }
                case 3 -> {
                    recorder.close();
                    recorder = recorder();
                }
                case 4 -> {
                    if (random.nextInt(4) == 0) {
                        first += random.nextLong(Math.max(1, next - first));
                        forget(recorder, START + first * SECOND);
                    }
                }
                default -> {
                    for (long to = next + random.nextInt(700); next < to; next++) {
                        recorder.row(CLASSIC, random(next, random));
                    }
                }
            }
            recorder.flush();
            if (turn % 3 == 0 || turn > 55) {
                check(CLASSIC, when);
                check(OTHER, when);
            }
        }
        recorder.close();
    }

    private void forget(Recorder recorder, long before) {
        recorder.forget(TAPE, before);
        try (History history = History.open(file())) {
            Samples.until(
                    "the rows before " + before + " are gone",
                    () -> Samples.features(history, Long.MIN_VALUE, before).isEmpty()
                            && Samples.bars(history, Interval.SECOND, Long.MIN_VALUE, before)
                                    .isEmpty());
        }
    }

    @Test
    void rollsUpALongHoleAtEveryLevelOnceTheTapeIsBehindIt() throws Exception {
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, Samples.row(0));
            recorder.flush();
            check(CLASSIC, "one row, nothing has ended");
            recorder.row(CLASSIC, Samples.row(3 * 86_400));
            recorder.flush();
            check(CLASSIC, "every level has ended within the hole");
        }
        assertEquals("6", Samples.ask(file(), "SELECT count(*) FROM rollup"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void fillsAStoreOfEveryEarlierVersionWhileItIsRecorded(int version) throws Exception {
        Random random = new Random(version);
        try (Recorder recorder = recorder()) {
            for (long n = 0; n < 25_000; n++) {
                recorder.row(CLASSIC, random(n, random));
            }
        }
        Samples.backTo(file(), version);
        try (Recorder recorder = recorder();
                History history = History.open(file())) {
            assertFalse(history.range(CLASSIC, 0, Long.MAX_VALUE, 100).whole());
            for (long n = 25_000; n < 25_123; n++) {
                recorder.row(CLASSIC, random(n, random));
            }
            recorder.row(CLASSIC, random(77, random)); // a repair of what is not yet rolled up
            Samples.until("all rows are rolled up", () -> {
                recorder.flush();
                return history.range(CLASSIC, 0, Long.MAX_VALUE, 100).whole()
                        && history.uncomputedFrom(CLASSIC).isEmpty();
            });
            check(CLASSIC, "filled from version " + version);
        }
    }

    @Test
    void goesOnFillingWhereItWasStopped() throws Exception {
        Random random = new Random(1);
        try (Recorder recorder = recorder()) {
            for (long n = 0; n < 9_000; n++) {
                recorder.row(CLASSIC, random(n, random));
            }
        }
        Samples.sql(
                file(),
                "DELETE FROM rollup WHERE start < " + (START + 5_000 * SECOND),
                "UPDATE series SET unrolled = " + (START + 5_000 * SECOND));
        try (Recorder recorder = recorder();
                History history = History.open(file())) {
            Samples.until("all rows are rolled up", () -> {
                recorder.flush();
                return history.range(CLASSIC, 0, Long.MAX_VALUE, 100).whole()
                        && history.uncomputedFrom(CLASSIC).isEmpty();
            });
        }
        check(CLASSIC, "filled");
    }
}
