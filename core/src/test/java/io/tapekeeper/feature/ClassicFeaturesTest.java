package io.tapekeeper.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicFeaturesTest {
    private static final long SECOND = 1_000_000;

    private static ClassicFeatures features(int window, int baselineWindow) {
        return new ClassicFeatures(window, baselineWindow, SECOND);
    }

    /** Mean and sample deviation by definition, in two passes. */
    private static double[] definition(double[] values, int end, int size) {
        // A value of the window is taken off first, exactly: at 61,000 a mean is good to 1e-11
        // only.
        double level = values[end - 1];
        double sum = 0;
        for (int at = end - size; at < end; at++) {
            sum += values[at] - level;
        }
        double mean = sum / size;
        double squares = 0;
        for (int at = end - size; at < end; at++) {
            double distance = values[at] - level - mean;
            squares += distance * distance;
        }
        return new double[] {level + mean, Math.sqrt(squares / (size - 1)), -mean};
    }

    @Test
    void threeClosesByHand() {
        ClassicFeatures features = features(3, 2);
        features.update(0, 9);
        features.update(1, 2);
        features.update(2, 4);
        assertEquals(1, features.change()); // 4 / 2 - 1
        assertEquals(Math.log(2), features.values().of(Feature.LOG_RETURN), 1e-15);
        features.update(3, 6);
        assertEquals(4, features.mean()); // of 2, 4, 6
        assertEquals(1, features.zScore()); // (6 - 4) / √((4 + 0 + 4) / 2)
    }

    @Test
    void volatilityAndItsBaselineByHand() {
        ClassicFeatures features = features(2, 2);
        double[] closes = {100, 200, 200, 600}; // returns 1, 0, 2
        for (int i = 0; i < closes.length; i++) {
            features.update(i, closes[i]);
        }
        assertEquals(Math.sqrt(2), features.volatility(), 1e-15); // of 0 and 2
        assertEquals(1.5 * Math.sqrt(0.5), features.baseline(), 1e-15); // the first is half of it
        double perYear = Math.sqrt(365 * 24 * 60 * 60);
        assertEquals(Math.sqrt(2) * perYear, features.values().of(Feature.VOLATILITY_ANNUAL), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 20, 100, 300})
    void agreesWithTheDefinitionForEverAtAnyLevelAndAfterAnySpike(int size) {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            double[] closes = new double[100_000];
            double[] changes = new double[closes.length];
            double[] volatilities = new double[closes.length];
            long cents = 6_100_000;
            long from = random.nextInt(1_000);
            ClassicFeatures features = features(size, 100);
            for (int i = 0; i < closes.length; i++) {
                cents += random.nextInt(3) == 0 ? Math.round(random.nextGaussian() * 5) : 0;
                boolean spike = random.nextInt(500) == 0;
                closes[i] = (cents + (spike ? random.nextInt(-100_000, 100_000) : 0)) / 100.0;
                features.update(from + i, closes[i]);
                changes[i] = i == 0 ? 0 : closes[i] / closes[i - 1] - 1;
                volatilities[i] = features.volatility();
                String where = "seed %d, window %d, close %d".formatted(seed, size, i);
                if (i >= size - 1) {
                    double[] expected = definition(closes, i + 1, size);
                    assertEquals(expected[0], features.mean(), 1e-9, where);
                    double z = expected[1] == 0 ? Double.NaN : expected[2] / expected[1];
                    assertEquals(z, features.zScore(), 1e-9, where);
                }
                if (i >= size) {
                    double expected = definition(changes, i + 1, size)[1];
                    assertEquals(expected, features.volatility(), 1e-9 * expected + 1e-15, where);
                }
                if (i >= size + 99) {
                    double expected = definition(volatilities, i + 1, 100)[0];
                    assertEquals(expected, features.baseline(), 1e-9 * expected, where);
                }
            }
        }
    }

    /** Closes with runs of equal ones, zeros, holes and restarts. */
    @Test
    void givesTheBitsOfWindowsTakenOneByOneOverHolesZerosAndRestarts() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(30);
            int baselineSize = 2 + random.nextInt(50);
            ClassicFeatures features = features(size, baselineSize);
            PlainWindow closes = new PlainWindow(size, true);
            PlainWindow changes = new PlainWindow(size, true);
            PlainWindow volatilities = new PlainWindow(baselineSize, false);
            double last = Double.NaN;
            double price = 100;
            long number = random.nextInt(1_000) - 500L;
            for (int i = 0; i < 2_000; i++, number++) {
                if (random.nextInt(300) == 0) {
                    features.clear();
                    closes.clear();
                    last = Double.NaN;
                    number += random.nextInt(50);
                }
                if (random.nextInt(100) == 0) {
                    features = restored(features, size, baselineSize, random);
                }
                boolean still = random.nextInt(400) < 300 && i / 100 % 3 == 0;
                price = still ? price : 100 + random.nextGaussian() * (i % 97 == 0 ? 50 : 0.01);
                price = random.nextInt(500) == 0 ? 0 : price;
                features.update(number, price);

                double change = price / last - 1;
                last = price;
                double volatility = Double.NaN;
                if (Double.isFinite(change)) {
                    changes.add(number, change);
                    if (changes.full()) {
                        volatility = changes.flat() ? 0 : changes.sampleDeviation();
                        assertTrue(volatility >= 0, "seed %d, close %d".formatted(seed, i));
                    }
                } else {
                    change = Double.NaN;
                    changes.clear();
                }
                double baseline = Double.NaN;
                if (Double.isNaN(volatility)) {
                    volatilities.clear();
                } else {
                    volatilities.add(number, volatility);
                    baseline = volatilities.full() ? volatilities.fullMean() : Double.NaN;
                }
                closes.add(number, price);
                boolean scored = closes.full() && !closes.flat();
                double z = closes.zScore();

                String where = "seed %d, windows %d and %d, close %d".formatted(seed, size, baselineSize, i);
                assertEquals(change, features.change(), where);
                assertEquals(volatility, features.volatility(), where);
                assertEquals(baseline, features.baseline(), where);
                assertEquals(closes.mean(), features.mean(), where);
                assertEquals(scored && Double.isFinite(z) ? z : Double.NaN, features.zScore(), where);
                assertEquals(closes.count(), features.warm(), where);
            }
        }
    }

    /** By an object that was new, or had taken other closes. */
    private static ClassicFeatures restored(ClassicFeatures features, int size, int baselineSize, Random random)
            throws IOException {
        ByteArrayOutputStream state = new ByteArrayOutputStream();
        features.save(new DataOutputStream(state));
        ClassicFeatures restored = features(size, baselineSize);
        for (int i = random.nextInt(2) * 200; i > 0; i--) {
            restored.update(9_000 - i, 100 + random.nextGaussian());
        }
        restored.restore(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
        return restored;
    }

    @Test
    void dependsOnItsWindowsAloneToTheBit() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(40);
            ClassicFeatures longer = features(size, 30);
            ClassicFeatures shorter = features(size, 30);
            int begins = random.nextInt(200);
            for (int i = 0; i < 600; i++) {
                double price = 100 + random.nextGaussian() * (i % 97 == 0 ? 20 : 0.01);
                longer.update(i, price);
                if (i >= begins) {
                    shorter.update(i, price);
                }
                if (i >= begins + size + 30) { // a return more than closes, then its volatilities
                    assertEquals(
                            longer.values(), shorter.values(), "seed %d, window %d, close %d".formatted(seed, size, i));
                }
            }
        }
    }

    @Test
    void knowsFlatWindows() {
        ClassicFeatures features = features(4, 2);
        features.update(0, 1);
        for (int i = 1; i < 4; i++) {
            features.update(i, 0.1);
        }
        assertTrue(features.zScore() < 0);
        features.update(4, 0.1);
        assertEquals(Double.NaN, features.zScore());
        assertTrue(features.volatility() > 0); // the first return was none
        features.update(5, 0.1);
        assertEquals(0, features.volatility());
        features.update(6, 0.2);
        assertEquals(1.5, features.zScore(), 1e-12); // the most that 4 closes can give
    }

    @Test
    void tellsAWindowThatIsAlmostFlatFromAFlatOne() {
        for (int size : new int[] {2, 3, 20, 300}) {
            ClassicFeatures features = features(size, 2);
            double price = 61_000.07;
            for (int i = 0; i <= size; i++) {
                features.update(i, price);
            }
            String where = "window " + size;
            assertEquals(Double.NaN, features.zScore(), where);
            assertEquals(0, features.volatility(), where);
            features.update(size + 1, Math.nextUp(price));
            // One of n that differs lies (n - 1) / √n deviations from the mean, whatever it is.
            assertEquals((size - 1) / Math.sqrt(size), features.zScore(), 1e-9, where);
            double change = Math.nextUp(price) / price - 1;
            assertEquals(change / Math.sqrt(size), features.volatility(), 1e-9 * change, where);
        }
    }

    @Test
    void closesTooNearForTheirSquaresHaveNoZScore() {
        for (double difference : new double[] {1e-170, 2.3e-162, 8.43e-162}) {
            for (int size : new int[] {2, 10}) {
                ClassicFeatures features = features(size, 2);
                for (int i = 1; i < size; i++) {
                    features.update(i, 1e-170);
                }
                features.update(size, 1e-170 + difference);
                assertEquals(Double.NaN, features.zScore(), "difference " + difference);
            }
        }
    }

    @Test
    void aReturnTooLargeToBeSquaredManyTimesIsNone() {
        ClassicFeatures features = features(2, 2);
        double[] closes = {1, 2, 3, 4, 1e-110, 1.1e41, 1.1e41, 1e43, 1e44, 1e45, 1e46};
        for (int i = 0; i < closes.length; i++) {
            features.update(i, closes[i]);
            boolean none = i == 0 || i == 5;
            assertEquals(none, Double.isNaN(features.change()), "close " + i);
            assertEquals(none, Double.isNaN(features.values().of(Feature.LOG_RETURN)), "close " + i);
            assertEquals(i < 2 || i == 5 || i == 6, Double.isNaN(features.volatility()), "" + i);
        }
        assertEquals(0, features.volatility(), 1e-14); // of 9 and 9
        assertEquals(Math.log(10), features.values().of(Feature.LOG_RETURN), 1e-14);
    }

    @Test
    void theLargestClosesAndReturnsHaveTheirFeatures() {
        int size = 86_400; // the longest that a preset may have
        double n = size;
        double large = ClassicFeatures.LARGEST;
        double[] closes = {1, large, 1, -large}; // in turn; their returns are large, -1, -large, -1
        for (int shift = 0; shift < closes.length; shift++) { // the anchor is another one each time
            ClassicFeatures features = features(size, 2);
            for (int i = 0; i <= size + 5; i++) {
                features.update(i + shift, closes[i % 4]);
            }
            String where = "shift " + shift;
            double deviation = Math.sqrt(n / 2 / (n - 1)); // the mean is 0, half of them are 1 or -1
            assertEquals(1 / deviation, features.zScore(), 1e-9, where);
            assertEquals(deviation, features.volatility() / large, 1e-9, where);
            assertEquals(deviation, features.baseline() / large, 1e-9, where);
            assertEquals(0, features.mean() / large, 1e-9, where);
            assertEquals(150 * Math.log(10), features.values().of(Feature.LOG_RETURN), 1e-9, where);
        }
    }

    @Test
    void theLargestReturnLeavesNothingBehind() {
        int size = 300;
        for (int jump : new int[] {600, 601, 750, 899}) { // a block's begin, its middle, its end
            ClassicFeatures features = features(size, 2);
            for (int i = 0; i <= jump + size; i++) {
                features.update(i, i == jump ? ClassicFeatures.LARGEST : 1);
                if (i > size) {
                    double spike = i == jump + size ? 1 : i < jump ? 0 : ClassicFeatures.LARGEST;
                    double expected = spike / Math.sqrt(size); // one of n differs by so much
                    String where = "jump %d, close %d".formatted(jump, i);
                    assertEquals(expected, features.volatility(), 1e-9 * expected + 1e-15, where);
                }
            }
        }
    }

    @Test
    void refusesAJumpInTheNumbersUnlessEmptied() {
        ClassicFeatures features = features(4, 2);
        features.update(7, 1);
        assertThrows(IllegalStateException.class, () -> features.update(9, 1));
        features.clear();
        features.update(9, 1);
        assertEquals(1, features.warm());
    }

    @Test
    void refusesAJumpAlsoWhereAllWindowsAreFullAndGoesOn() {
        ClassicFeatures features = features(20, 20);
        ClassicFeatures undisturbed = features(20, 20);
        for (int i = 0; i < 100; i++) {
            double price = 100 + i % 7;
            FeatureValues before = i > 0 ? features.values() : null;
            for (int wrong : new int[] {i - 2, i - 1, i + 1, i + 20}) {
                if (i > 0) {
                    assertThrows(IllegalStateException.class, () -> features.update(wrong, price));
                    assertEquals(before, features.values(), "close " + i);
                }
            }
            features.update(i, price);
            undisturbed.update(i, price);
            assertEquals(undisturbed.values(), features.values(), "close " + i);
        }
    }
}
