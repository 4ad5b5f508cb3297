package io.tapekeeper.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FeatureValues;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassicRulesTest {
    @Test
    void eachRuleHasTheNextBitAndIsFoundByItsLabel() {
        for (int at = 0; at < ClassicRules.ALL.size(); at++) {
            Rule rule = ClassicRules.ALL.get(at);
            assertEquals(1 << at, rule.bit(), rule.label());
            assertSame(rule, ClassicRules.named(rule.label()));
        }
        assertThrows(IllegalArgumentException.class, () -> ClassicRules.named("z-middle"));
    }

    @Test
    void aSetOfRulesIsPrintedInTheirOrder() {
        assertEquals("", ClassicRules.labels(0));
        assertEquals("z-low", ClassicRules.labels(2));
        assertEquals("z-high|volatility-spike", ClassicRules.labels(5));
    }

    @Test
    void whatIsTrueTogetherIsWhatIsTrueOneByOneAndAsItsThresholdSays() {
        long seed = 41;
        Random random = new Random(seed);
        ClassicFeatures features = new ClassicFeatures(3, 3, 1_000_000);
        ClassicRules rules = new ClassicRules(1.1, 1.3);
        int seen = 0;
        for (int bar = 0; bar < 2_000; bar++) {
            features.update(bar, 100 + random.nextGaussian());
            FeatureValues values = features.values();
            int holding = rules.holding(features);
            for (Rule rule : ClassicRules.ALL) {
                double value = values.of(rule.feature());
                double threshold = rule.threshold().of(values, rules);
                boolean beyond = rule.equals(ClassicRules.Z_LOW) ? value < threshold : value > threshold;
                assertEquals(beyond, rule.isIn(holding), "seed %d, bar %d, %s".formatted(seed, bar, rule));
                assertEquals(beyond, rule.when().holds(features, rules));
            }
            seen |= holding;
        }
        assertEquals(7, seen, "all of them were true at some bar");
    }
}
