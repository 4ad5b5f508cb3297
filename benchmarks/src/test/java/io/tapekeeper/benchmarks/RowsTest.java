package io.tapekeeper.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Says nothing about speed: only that each row still runs, as real processes, and yields figures. */
@Timeout(300)
class RowsTest {
    @TempDir
    private Path folder;

    static List<Row> rows() {
        return List.of(
                new TapeRow(null),
                new StoreRow(),
                new AlertRow(),
                new FeaturesRow(),
                new AnalyzeRow(),
                new MemoryRow());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowYieldsItsFiguresInTheStepsThatItSays(Row row) throws IOException, InterruptedException {
        List<String> steps = new ArrayList<>();
        Session session = new Session(folder, Size.TINY, Optional.empty(), steps::add);
        List<Figure> figures = row.measure(session);
        assertTrue(!figures.isEmpty() || row instanceof MemoryRow, row.name());
        for (Figure figure : figures) {
            // Garbage may be none, which is what it is to reach.
            assertTrue(figure.min() > 0 || figure.unit().equals("bytes/trade"), figure.toString());
        }
        assertEquals(row.steps(session), steps.size(), steps.toString());
        Report report = new Report(Instant.EPOCH, Machine.here(), Size.TINY, figures, session.notes());
        figures.forEach(figure -> assertTrue(report.table().contains(figure.what())));
        assertTrue(report.json().startsWith("{\"when\":\"1970-01-01T00:00:00Z\""), report.json());
        new Pictures(report).writeInto(folder);
        if (row instanceof AlertRow) {
            assertTrue(
                    Files.readString(folder.resolve("performance-latency.svg")).contains(">p99<"));
        }
    }
}
