package io.tapekeeper.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FurtherFeaturesTest {
    private static final int CLOSES = 6_000;

    private final double[] closes = new Random(3).doubles(CLOSES, 90, 110).toArray();

    private static boolean hasReturn(int close) {
        return close % 500 != 0;
    }

    private void update(FurtherFeatures features, int from, int to) {
        for (int close = from; close < to; close++) {
            features.update(close, closes[close], hasReturn(close));
        }
    }

    private static double[] values(FurtherFeatures features) {
        double[] all = new double[Feature.all().size()];
        features.values(all);
        return all;
    }

    private static FurtherFeatures unknown() {
        FurtherFeatures features = new FurtherFeatures();
        features.restoreNone();
        return features;
    }

    @Test
    void valuesStandAtTheirPlacesInTheCatalogue() {
        FurtherFeatures features = new FurtherFeatures();
        update(features, 0, 30);
        double[] all = values(features);
        for (int at = 0; at < Feature.allFurther().size(); at++) {
            assertEquals(all[Feature.allFurther().get(at).place()], features.value(at));
        }
    }

    @Test
    void aStateContinuesToTheBit() throws IOException {
        FurtherFeatures through = new FurtherFeatures();
        update(through, 0, 777);
        FurtherFeatures continued = FurtherFeatures.of(through.state());
        assertTrue(continued.areKnown());
        update(through, 777, 900);
        update(continued, 777, 900);
        assertArrayEquals(values(through), values(continued));
        assertArrayEquals(through.state(), continued.state());
    }

    @Test
    void whatIsUnknownHasNoValuesAndItsStateHasNothing() throws IOException {
        FurtherFeatures features = unknown();
        update(features, 0, 100);
        assertFalse(features.areKnown());
        for (int at = 0; at < Feature.allFurther().size(); at++) {
            assertTrue(Double.isNaN(features.value(at)));
        }
        assertFalse(FurtherFeatures.of(features.state()).areKnown());
    }

    @Test
    void learnsWhatWasComputedElsewhereAndCatchesUpToTheBit() throws IOException {
        for (int computed : new int[] {2_500, 2_501, 4_000, CLOSES - 1}) {
            FurtherFeatures elsewhere = new FurtherFeatures();
            update(elsewhere, 0, computed);
            FurtherFeatures live = unknown();
            update(live, 10, CLOSES);
            assertTrue(live.learn(computed - 1, elsewhere.state()), "up to close " + computed);
            update(elsewhere, computed, CLOSES);
            assertArrayEquals(values(elsewhere), values(live), "up to close " + computed);
            assertArrayEquals(elsewhere.state(), live.state());
        }
    }

    @Test
    void doesNotLearnWhatLiesTooFarBackOrAhead() throws IOException {
        FurtherFeatures elsewhere = new FurtherFeatures();
        update(elsewhere, 0, CLOSES);
        FurtherFeatures live = unknown();
        update(live, 0, CLOSES);
        assertFalse(live.learn(CLOSES - 1 - FurtherFeatures.RECENT, elsewhere.state()));
        assertFalse(live.learn(CLOSES, elsewhere.state()));
        assertFalse(live.learn(CLOSES - 1, unknown().state()));
        assertTrue(live.learn(CLOSES - 1, elsewhere.state()));
    }

    @Test
    void whatIsUnknownMayBeginWithTheTape() {
        FurtherFeatures fresh = new FurtherFeatures();
        FurtherFeatures begun = unknown();
        begun.beginUnknown();
        update(fresh, 0, 50);
        update(begun, 0, 50);
        assertArrayEquals(values(fresh), values(begun));
    }
}
