package io.tapekeeper.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTest {
    @Test
    void aRowThatThereIsNotIsBadUsage() {
        assertEquals(2, Bench.execute("speed"));
        assertEquals(2, Bench.execute("--quick"));
        assertEquals(0, Bench.execute("--help"));
    }

    @Test
    void aFigureNamesLeastMedianAndMostOfItsRuns() {
        Figure figure = Figure.beside("tape", "reader", "trades/s", List.of(3.0, 1.0, 2.0));
        assertEquals(1, figure.min());
        assertEquals(2, figure.median());
        assertEquals(3, figure.max());
    }

    @Test
    void aRatioComparesRunsThatWereMeasuredSideBySide() {
        Figure ratio = Figure.ratio("tape", "ours / theirs", List.of(10.0, 30.0), List.of(5.0, 10.0), "");
        assertEquals(List.of(2.0, 3.0), ratio.runs());
    }

    @Test
    void theTableNamesTheMachineAndWhatIsToBeReached() {
        Figure figure = Figure.of("alert", "p50", "µs", List.of(123.456), "< 300");
        String table = new Report(Instant.EPOCH, Machine.here(), Size.FULL, List.of(figure), List.of("a note")).table();
        assertTrue(table.contains(" processors, "), table);
        assertTrue(table.matches("(?s).*\nalert +p50 +123 +123 +123 +µs +< 300\na note\n"), table);
    }
}
