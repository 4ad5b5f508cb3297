package io.tapekeeper.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tapekeeper.feature.Feature.Csv;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTest {
    private static final double NONE = Double.NaN;

    @Test
    void whatHasAPlaceInFilesAndAnswersKeepsIt() {
        assertEquals(
                List.of("return", "log_return", "volatility", "volatility_annual", "baseline", "zscore"),
                Feature.columns(Feature.all()).subList(0, 6));
        assertEquals(List.of("return", "volatility", "zscore"), Feature.columns(Feature.at(Csv.FIRST)));
        assertEquals(List.of("log_return", "volatility_annual", "baseline"), Feature.columns(Feature.at(Csv.SECOND)));
        assertEquals(
                List.of("ret", "vol", "annual", "base", "z"),
                Feature.allShown().stream().map(Feature::key).toList().subList(0, 5));
        assertEquals(
                List.of("return", "volatility", "baseline", "zscore"),
                Feature.columns(Feature.allRolled()).subList(0, 4));
    }

    @Test
    void noTwoFeaturesShareAColumnOrAField() {
        assertEquals(
                Feature.all().size(),
                Feature.all().stream().map(Feature::column).distinct().count());
        assertEquals(
                Feature.allShown().size(),
                Feature.allShown().stream().map(Feature::key).distinct().count());
    }

    @Test
    void whatIsRolledUpIsShown() {
        for (Feature feature : Feature.allRolled()) {
            assertFalse(feature.key().isEmpty(), feature.column());
        }
    }

    @Test
    void theLowestAndTheHighestOfTwoBarsPassOverWhatHasNoValue() {
        FeatureValues one = FeatureValues.of(1, NONE, NONE, 4);
        FeatureValues other = FeatureValues.of(-2, 3, NONE, 5);
        assertEquals(FeatureValues.of(-2, 3, NONE, 4), one.lowest(other));
        assertEquals(FeatureValues.of(1, 3, NONE, 5), one.highest(other));
    }

    @Test
    void valuesOfSomeFeaturesLeaveTheOthersWithout() {
        FeatureValues all = FeatureValues.of(1, 2, 3, 4, 5, 6);
        FeatureValues some = FeatureValues.of(NONE, NONE, 3, NONE, NONE, 6);
        assertEquals(some, all.only(List.of(Feature.VOLATILITY, Feature.ZSCORE)));
        assertEquals(some, FeatureValues.of(List.of(Feature.VOLATILITY, Feature.ZSCORE), 3, 6));
    }
}
