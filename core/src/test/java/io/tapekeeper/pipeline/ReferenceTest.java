package io.tapekeeper.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classic features against numbers computed apart from this project, in two passes. */
class ReferenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"classic_1m_btcusdt_20240726.csv.gz", "classic_1s_btcusdt_20240808.csv.gz"})
    void equalsTheTwoPassReference(String name) throws IOException {
        Path file = Path.of(System.getProperty("tapekeeper.shared", "none"), "reference", name);
        assumeTrue(Files.exists(file), "skipped: no recordings at " + file);
        ClassicFeatures features = new ClassicFeatures(20, 100, 60_000_000);
        ClassicRules rules = new ClassicRules(3, 2);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            lines.readLine();
            long row = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                features.update(row, Double.parseDouble(cells[1]));
                FeatureValues values = features.values();
                assertNear(cells[2], values.of(Feature.RETURN), 1e-9, 1e-15, line);
                assertNear(cells[3], values.of(Feature.VOLATILITY), 1e-9, 1e-15, line);
                assertNear(cells[4], values.of(Feature.ZSCORE), 0, 1e-9, line);
                assertEquals(
                        cells[5], Signal.ofZScore(values.of(Feature.ZSCORE), 1).label(), line);
                assertEquals(cells[6], ClassicRules.labels(rules.holding(features)), line);
                row++;
            }
            assertTrue(row > 300, "rows: " + row);
        }
    }

    private static void assertNear(String expected, double actual, double relative, double absolute, String line) {
        if (expected.isEmpty()) {
            assertTrue(Double.isNaN(actual), line + ": " + actual);
            return;
        }
        double value = Double.parseDouble(expected);
        assertEquals(value, actual, Math.max(absolute, relative * Math.abs(value)), line);
    }
}
