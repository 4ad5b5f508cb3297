package io.tapekeeper.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingWindowTest {
    /** Mean and sample deviation by definition, in two passes. */
    private static double[] definition(double[] values, int end, int size) {
        double sum = 0;
        for (int at = end - size; at < end; at++) {
            sum += values[at];
        }
        double mean = sum / size;
        double squares = 0;
        for (int at = end - size; at < end; at++) {
            squares += (values[at] - mean) * (values[at] - mean);
        }
        return new double[] {mean, Math.sqrt(squares / (size - 1))};
    }

    @Test
    void threeValuesByHand() {
        RollingWindow window = new RollingWindow(3);
        window.add(0, 9);
        window.add(1, 2);
        window.add(2, 4);
        window.add(3, 6);
        assertTrue(window.full());
        assertEquals(4, window.mean()); // of 2, 4, 6
        assertEquals(2, window.sampleDeviation()); // √((4 + 0 + 4) / 2)
        assertEquals(2, window.latestLessMean());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 20, 100, 300})
    void agreesWithTheDefinitionForEverAtAnyLevelAndAfterAnySpike(int size) {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            double[] values = new double[20_000];
            double level = 61_000;
            for (int i = 0; i < values.length; i++) {
                level += random.nextGaussian() * 0.05;
                boolean spike = random.nextInt(500) == 0;
                values[i] = level + (spike ? 1_000 * random.nextGaussian() : 0);
            }
            RollingWindow window = new RollingWindow(size);
            long from = random.nextInt(1_000);
            for (int i = 0; i < values.length; i++) {
                window.add(from + i, values[i]);
                if (!window.full()) {
                    continue;
                }
                double[] expected = definition(values, i + 1, size);
                String where = "seed %d, window %d, value %d".formatted(seed, size, i);
                double z = (values[i] - expected[0]) / expected[1];
                // the definition itself rounds at this level: its mean is good to 1e-11
                double slack = 1e-9 + 4e-11 / expected[1];
                assertEquals(expected[0], window.mean(), 1e-9, where);
                assertEquals(
                        expected[1], window.sampleDeviation(), 1e-9 * expected[1] + 1e-11, where);
                assertEquals(z, window.latestLessMean() / window.sampleDeviation(), slack, where);
            }
        }
    }

    @Test
    void dependsOnItsWindowAloneToTheBit() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(40);
            RollingWindow longer = new RollingWindow(size);
            RollingWindow shorter = new RollingWindow(size);
            int begins = random.nextInt(200);
            for (int i = 0; i < 600; i++) {
                double value = 100 + random.nextGaussian() * (i % 97 == 0 ? 1_000 : 0.01);
                longer.add(i, value);
                if (i >= begins) {
                    shorter.add(i, value);
                }
                if (i >= begins && shorter.full()) {
                    String where = "seed %d, size %d, value %d".formatted(seed, size, i);
                    assertEquals(longer.mean(), shorter.mean(), where);
                    assertEquals(longer.sampleDeviation(), shorter.sampleDeviation(), where);
                    assertEquals(longer.flat(), shorter.flat(), where);
                }
            }
        }
    }

    @Test
    void knowsAFlatWindowByCounting() {
        RollingWindow window = new RollingWindow(4);
        window.add(0, 1);
        for (int i = 1; i < 4; i++) {
            window.add(i, 0.1);
        }
        assertFalse(window.flat());
        window.add(4, 0.1);
        assertTrue(window.flat());
        assertEquals(0, window.sampleDeviation());
        window.add(5, 0.2);
        assertFalse(window.flat());
    }

    @Test
    void refusesAJumpInTheNumbersUnlessEmptied() {
        RollingWindow window = new RollingWindow(4);
        window.add(7, 1);
        assertThrows(IllegalStateException.class, () -> window.add(9, 1));
        window.clear();
        window.add(9, 1);
        assertEquals(1, window.count());
    }
}
