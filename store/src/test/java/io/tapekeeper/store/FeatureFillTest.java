package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.feature.FurtherFeatures;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.signal.Signal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFillTest {
    private static final long SECOND = 1_000_000;

    /** The schema before the first feature beside the classic ones. */
    private static final int BEFORE = 5;

    private static final int ROWS = 2_345;

    @TempDir
    Path folder;

    private final Random random = new Random(17);
    private final ClassicFeatures classic = new ClassicFeatures(20, 100, SECOND);
    private final FurtherFeatures further = new FurtherFeatures();
    private final List<FeatureRow> right = new ArrayList<>(); // as a tape that always had the features gives them
    private long next;

    private Path file() {
        return folder.resolve("tape.db");
    }

    /** The next row; behind a gap now and then. */
    private FeatureRow next() {
        boolean gap = random.nextInt(300) == 0;
        if (gap) {
            classic.clear();
            next += 5;
        }
        long n = next++;
        Bar bar = Bar.flat(
                CLASSIC.interval(), START + n * SECOND, 100_00000000L + random.nextInt(1_000_000), true, false);
        double close = Decimals.toDouble(bar.close());
        classic.update(n, close);
        further.update(n, close, !Double.isNaN(classic.change()));
        double[] values = new double[Feature.all().size()];
        classic.values(values);
        further.values(values);
        right.add(new FeatureRow(bar, FeatureValues.of(values, true), Signal.NEUTRAL, 0, true));
        return right.getLast();
    }

    private static FeatureRow lacking(FeatureRow row) {
        double[] values = Feature.all().stream().mapToDouble(row.values()::of).toArray();
        for (Feature feature : Feature.allFurther()) {
            values[feature.place()] = Double.NaN;
        }
        return new FeatureRow(row.bar(), FeatureValues.of(values, false), row.signal(), row.rules(), row.complete());
    }

    /** A store that the version before has recorded. */
    private void recordBefore() throws Exception {
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL)) {
            for (int n = 0; n < ROWS; n++) {
                recorder.row(CLASSIC, next());
            }
        }
        Samples.backTo(file(), BEFORE);
    }

    private List<FeatureRow> stored() {
        List<FeatureRow> rows = new ArrayList<>();
        try (History history = History.open(file())) {
            history.features(CLASSIC, Long.MIN_VALUE, Long.MAX_VALUE, rows::add);
        }
        return rows;
    }

    private static void until(String what, BooleanSupplier there) {
        Samples.until(what, there);
    }

    private static boolean hasComputed(Recorder recorder, FeatureRow row) {
        return recorder.computed(CLASSIC)
                .filter(computed -> computed.lastBarStart() >= row.bar().start())
                .isPresent();
    }

    @Test
    void rowsOfTheVersionBeforeGetWhatTheyLackToTheBitAndNoRevision() throws Exception {
        recordBefore();
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL);
                History history = History.open(file())) {
            assertEquals(OptionalLong.of(Long.MIN_VALUE), history.uncomputedFrom(CLASSIC));
            recorder.row(CLASSIC, lacking(next()));
            until("all rows are computed", () -> hasComputed(recorder, right.getLast()));
            recorder.row(CLASSIC, next()); // the live tape has learned them
            until("nothing is left", () -> history.uncomputedFrom(CLASSIC).isEmpty());
            history.storedRows(
                    CLASSIC, Long.MIN_VALUE, Long.MAX_VALUE, stored -> assertEquals(0, stored.revision(), "revision"));
        }
        assertEquals(right, stored());
    }

    @Test
    void aRestartGoesOnAndRowsThatAreSaidAgainKeepWhatTheyHave() throws Exception {
        recordBefore();
        long reached;
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL);
                History history = History.open(file())) {
            recorder.row(CLASSIC, lacking(right.getLast()));
            until("some are computed", () -> recorder.computed(CLASSIC).isPresent());
            recorder.flush();
            reached = history.uncomputedFrom(CLASSIC).orElseThrow();
        }
        assertTrue(reached > START, "from " + reached);
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL);
                History history = History.open(file())) {
            assertTrue(history.uncomputedFrom(CLASSIC).orElseThrow() >= reached);
            for (FeatureRow row : right.subList(0, 60)) { // as a start that replays says them
                recorder.row(CLASSIC, lacking(row));
            }
            recorder.flush();
            assertTrue(history.uncomputedFrom(CLASSIC).orElseThrow() >= reached, "what did not change stays computed");
            until("all rows are computed", () -> hasComputed(recorder, right.getLast()));
        }
        assertEquals(right, stored());
    }

    @Test
    void aRowThatIsCorrectedMeanwhileMakesItBeginAgain() throws Exception {
        recordBefore();
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL)) {
            recorder.row(CLASSIC, lacking(right.getLast()));
            until("all rows are computed", () -> hasComputed(recorder, right.getLast()));
            List<FeatureRow> before = List.copyOf(right);
            right.clear();
            next = 0;
            classic.clear();
            FurtherFeatures corrected = new FurtherFeatures();
            for (FeatureRow row : before) {
                FeatureRow now = row.bar().start() == START + 7 * SECOND ? dearer(row) : row;
                long n = CLASSIC.interval().numberOf(row.bar().start());
                double change = now.values().of(Feature.RETURN);
                corrected.update(n, Decimals.toDouble(now.bar().close()), !Double.isNaN(change));
                double[] values =
                        Feature.all().stream().mapToDouble(now.values()::of).toArray();
                corrected.values(values);
                right.add(new FeatureRow(now.bar(), FeatureValues.of(values, true), now.signal(), 0, true));
            }
            recorder.row(CLASSIC, lacking(right.get(7)));
            until("all rows are computed again", () -> stored().equals(right));
        }
    }

    private static FeatureRow dearer(FeatureRow row) {
        Bar bar = Bar.flat(CLASSIC.interval(), row.bar().start(), 2 * row.bar().close(), true, false);
        double[] values = Feature.all().stream().mapToDouble(row.values()::of).toArray();
        values[Feature.RETURN.place()] = 1;
        return new FeatureRow(bar, FeatureValues.of(values, true), row.signal(), row.rules(), row.complete());
    }

    @Test
    void rowsThatHaveAllTheirFeaturesNeedNothing() {
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL);
                History history = History.open(file())) {
            recorder.row(CLASSIC, next());
            recorder.row(CLASSIC, next());
            recorder.flush();
            assertFalse(recorder.computed(CLASSIC).isPresent());
            assertTrue(history.uncomputedFrom(CLASSIC).isEmpty());
        }
        assertEquals(right, stored());
    }

    @Test
    void aRowThatLacksFeaturesAmongOthersThatHaveThemIsComputedToo() {
        try (Recorder recorder = Recorder.open(file(), Durability.NORMAL);
                History history = History.open(file())) {
            for (int n = 0; n < 100; n++) {
                recorder.row(CLASSIC, n < 50 ? next() : lacking(next()));
            }
            until("all rows are computed", () -> hasComputed(recorder, right.getLast()));
            recorder.row(CLASSIC, next());
            until("nothing is left", () -> history.uncomputedFrom(CLASSIC).isEmpty());
        }
        assertEquals(right, stored());
    }
}
