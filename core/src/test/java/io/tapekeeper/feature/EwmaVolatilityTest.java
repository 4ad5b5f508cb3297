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

class EwmaVolatilityTest {
    @Test
    void theFirstReturnIsTheFirstValue() {
        EwmaVolatility volatility = new EwmaVolatility(60);
        assertTrue(Double.isNaN(volatility.update(100)));
        assertEquals(0.02, volatility.update(100 * Math.exp(0.02)), 1e-15);
    }

    @Test
    void oldReturnsFadeByHalfInAHalfLife() {
        EwmaVolatility volatility = new EwmaVolatility(1);
        volatility.update(100);
        volatility.update(100 * Math.exp(0.02));
        // returns 0.02 and -0.04, so v = 0.5 * 0.0004 + 0.5 * 0.0016 = 0.001
        assertEquals(Math.sqrt(0.001), volatility.update(100 * Math.exp(-0.02)), 1e-12);
        EwmaVolatility slow = new EwmaVolatility(60);
        slow.update(100);
        double first = slow.update(101);
        double value = first;
        for (int bar = 0; bar < 60; bar++) {
            value = slow.update(101);
        }
        assertEquals(first * first / 2, value * value, 1e-15);
    }

    @Test
    void aGapHasNoReturnAcrossItAndLeavesTheVolatility() {
        EwmaVolatility volatility = new EwmaVolatility(1);
        volatility.update(100);
        volatility.update(100 * Math.exp(0.02));
        volatility.skipGap();
        assertTrue(Double.isNaN(volatility.update(500)), "no return across the gap");
        assertEquals(Math.sqrt(0.001), volatility.update(500 * Math.exp(0.04)), 1e-12);
    }

    @Test
    void aCloseThatIsNotAboveZeroBreaksTheChain() {
        for (double none : new double[] {0, -5}) {
            EwmaVolatility volatility = new EwmaVolatility(1);
            volatility.update(100);
            volatility.update(100 * Math.exp(0.02));
            assertTrue(Double.isNaN(volatility.update(none)), "to " + none);
            assertTrue(Double.isNaN(volatility.update(100)), "from " + none);
            assertEquals(Math.sqrt(0.001), volatility.update(100 * Math.exp(-0.04)), 1e-12);
        }
    }

    @Test
    void closesThatStayHaveAVolatilityOfZero() {
        EwmaVolatility volatility = new EwmaVolatility(60);
        volatility.update(7);
        assertEquals(0, volatility.update(7));
        assertEquals(0, volatility.update(7));
    }

    @Test
    void eachValueIsThatOfItsDefinition() {
        long seed = 8;
        Random random = new Random(seed);
        double[] closes = random.doubles(500, 90, 110).toArray();
        EwmaVolatility volatility = new EwmaVolatility(60);
        double lambda = Math.pow(0.5, 1.0 / 60);
        for (int last = 0; last < closes.length; last++) {
            double value = volatility.update(closes[last]);
            double sum = 0;
            for (int at = 1; at <= last; at++) {
                double weight = at == 1 ? 1 : 1 - lambda; // the first return sets it
                double change = Math.log(closes[at] / closes[at - 1]);
                sum += weight * Math.pow(lambda, last - at) * change * change;
            }
            if (last > 0) {
                assertEquals(Math.sqrt(sum), value, 1e-12, "seed %d, close %d".formatted(seed, last));
            }
        }
    }

    @Test
    void aStateContinuesToTheBit() throws IOException {
        long seed = 9;
        Random random = new Random(seed);
        EwmaVolatility through = new EwmaVolatility(60);
        EwmaVolatility continued = new EwmaVolatility(60);
        for (int close = 0; close < 300; close++) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            continued.save(new DataOutputStream(state));
            continued = new EwmaVolatility(60);
            continued.restore(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
            if (random.nextInt(10) == 0) {
                through.skipGap();
                continued.skipGap();
            }
            double price = random.nextInt(20) == 0 ? 0 : random.nextDouble(90, 110);
            assertEquals(through.update(price), continued.update(price), "seed %d, close %d".formatted(seed, close));
        }
    }

    @Test
    void aHalfLifeIsMoreThanZero() {
        for (double wrong : new double[] {0, -1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new EwmaVolatility(wrong));
        }
    }
}
