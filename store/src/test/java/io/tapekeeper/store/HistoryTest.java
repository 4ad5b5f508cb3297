package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.bar;
import static io.tapekeeper.store.Samples.bars;
import static io.tapekeeper.store.Samples.features;
import static io.tapekeeper.store.Samples.row;
import static io.tapekeeper.store.Samples.trade;
import static io.tapekeeper.store.Samples.trades;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.Series;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir
    Path folder;

    private Recorder recorder;
    private History history;

    @BeforeEach
    void open() {
        Path file = folder.resolve("tape.db");
        recorder = Recorder.open(file, Durability.NORMAL);
        history = History.open(file);
    }

    @AfterEach
    void close() {
        history.close();
        recorder.close();
    }

    /** Records 1-second bars from..to, both included. */
    private void record(long from, long to) {
        for (long n = from; n <= to; n++) {
            recorder.row(CLASSIC, row(n));
        }
        recorder.flush();
    }

    @Test
    void givesTheNewestTradesBeyondOneThatIsKnown() {
        for (long id = 1; id <= 9; id++) {
            recorder.trade(TAPE, trade(id));
        }
        recorder.flush();
        assertEquals(List.of(trade(9), trade(8)), history.newestTrades(TAPE, 5, 2));
        assertEquals(List.of(trade(9)), history.newestTrades(TAPE, 8, 2));
        assertEquals(List.of(), history.newestTrades(TAPE, 9, 2));
    }

    @Test
    void tellsForHowLongWasRecordedAndWhatThatTakes() {
        assertEquals(Duration.ZERO, history.recordedTime());
        record(0, 59);
        record(86_400, 86_459); // a pause of a day is no recording
        assertEquals(Duration.ofMinutes(2), history.recordedTime());
        long small = history.usedBytes();
        record(100_000, 101_000);
        long large = history.usedBytes();
        assertTrue(large > small, large + " bytes after " + small);
        assertEquals(0, large % 4_096);
    }

    @Test
    void readsTradesInOrderOfIdsOverManyChunks() {
        int count = 10_000; // more than two chunks
        for (int i = 0; i < count; i++) {
            recorder.trade(TAPE, trade(i * 7_919L % count)); // every id once, in another order
        }
        recorder.flush();
        List<Trade> read = trades(history, TAPE, 0);
        assertEquals(count, read.size());
        for (int id = 0; id < count; id++) {
            assertEquals(trade(id), read.get(id));
        }
        assertEquals(List.of(trade(9_998), trade(9_999)), trades(history, TAPE, 9_998));
        assertEquals(List.of(), trades(history, TAPE, 10_000));
        List<Trade> some = new ArrayList<>();
        history.trades(TAPE, 3, 5, some::add);
        assertEquals(List.of(trade(3), trade(4)), some);
    }

    @Test
    void readsALongTapeOverItsGapsInOrderWhileItGrows() {
        List<Trade> all = new ArrayList<>();
        for (long id : List.of(7L, 50_000L, 3_000_000_000L, 4_000_000_000L)) {
            for (int i = 0; i < 60_000; i += 1 + i % 3) {
                all.add(trade(id + i));
            }
        }
        all.sort(Comparator.comparingLong(Trade::id));
        List<Trade> tape = all.stream().distinct().toList(); // the first two stretches overlap
        tape.forEach(trade -> recorder.trade(TAPE, trade));
        recorder.flush();

        List<Trade> read = new ArrayList<>();
        Trade late = trade(5_000_000_000L);
        history.trades(TAPE, 0, trade -> {
            if (read.isEmpty()) { // while others read ahead, this thread asks and records
                assertEquals(tape.getLast().id(), history.lastTradeId(TAPE).orElseThrow());
                recorder.trade(TAPE, late);
                recorder.flush();
            }
            read.add(trade);
        });
        assertEquals(late, read.removeLast());
        assertEquals(tape, read);

        read.clear();
        history.trades(TAPE, 55_000, 4_000_000_004L, read::add);
        assertEquals(
                tape.stream()
                        .filter(trade -> trade.id() >= 55_000 && trade.id() < 4_000_000_004L)
                        .toList(),
                read);
    }

    @Test
    void aLongReadEndsWhereItsConsumerHasEnough() {
        for (int id = 0; id < 100_000; id++) {
            recorder.trade(TAPE, trade(id));
        }
        recorder.flush();
        List<Trade> read = new ArrayList<>();
        assertThrows(
                CancellationException.class,
                () -> history.trades(TAPE, 0, trade -> {
                    if (read.size() == 10) {
                        throw new CancellationException("enough");
                    }
                    read.add(trade);
                }));
        assertEquals(10, read.size());
        assertEquals(100_000, trades(history, TAPE, 0).size()); // and the store is still open
    }

    @Test
    void readsAChunkThatIsExactlyFull() {
        record(0, 4_095);
        assertEquals(4_096, features(history, START, START + 4_096 * SECOND).size());
        assertEquals(
                4_096,
                bars(history, Interval.SECOND, Long.MIN_VALUE, Long.MAX_VALUE).size());
    }

    @Test
    void readsBarsFromAStartUpToAnother() {
        record(0, 9);
        assertEquals(
                List.of(new StoredBar(bar(3), 0), new StoredBar(bar(4), 0)),
                bars(history, Interval.SECOND, START + 3 * SECOND, START + 5 * SECOND));
        assertEquals(
                List.of(new StoredBar(bar(3), 0)),
                bars(history, Interval.SECOND, START + 2 * SECOND + 1, START + 3 * SECOND + 1));
        assertEquals(List.of(), bars(history, Interval.SECOND, START, START));
        assertEquals(List.of(), bars(history, Interval.SECOND, 0, Long.MIN_VALUE));
    }

    @Test
    void givesTheLatestFeaturesAscending() {
        record(0, 9);
        assertEquals(List.of(row(7), row(8), row(9)), history.latestFeatures(CLASSIC, 3));
    }

    @Test
    void makesMinutesFromSeconds() {
        record(0, 119);
        List<StoredBar> minutes = bars(history, Interval.MINUTE, START, Long.MAX_VALUE);
        assertEquals(2, minutes.size());
        // Seconds 0 to 59 close at 100 to 159; each opens one below, peaks one above, dips two.
        Bar expected = new Bar(
                Interval.MINUTE,
                START,
                Decimals.parse("99"),
                Decimals.parse("160"),
                Decimals.parse("98"),
                Decimals.parse("159"),
                Amount.of(Decimals.parse("120")),
                Amount.product(Decimals.parse("15540"), Decimals.ONE), // 2 × (100 + … + 159)
                180,
                Amount.of(Decimals.parse("60")),
                true,
                false);
        assertEquals(new StoredBar(expected, 0), minutes.getFirst());
        assertEquals(minutes.subList(1, 2), bars(history, Interval.MINUTE, START + 1, Long.MAX_VALUE));
        assertEquals(minutes.subList(0, 1), bars(history, Interval.MINUTE, START, START + 60 * SECOND));
    }

    @Test
    void leavesOutAMinuteThatTheTapeHasNotReachedTheEndOf() {
        record(0, 118);
        assertEquals(1, bars(history, Interval.MINUTE, START, Long.MAX_VALUE).size());
        record(119, 119);
        assertEquals(2, bars(history, Interval.MINUTE, START, Long.MAX_VALUE).size());
    }

    @Test
    void knowsByALaterSecondThatAMinuteWithoutItsLastOneIsOver() {
        record(0, 58);
        assertEquals(List.of(), bars(history, Interval.MINUTE, START, START + 60 * SECOND));
        record(61, 61); // 59 and 60 lie in a gap
        List<StoredBar> minutes = bars(history, Interval.MINUTE, START, START + 60 * SECOND);
        assertEquals(1, minutes.size());
        assertFalse(minutes.getFirst().bar().complete());
    }

    @Test
    void addsTheRevisionsOfTheSecondsOfAMinute() {
        record(0, 180);
        for (int n : new int[] {3, 3, 5, 60}) {
            recorder.row(CLASSIC, row(Bar.flat(Interval.SECOND, START + n * SECOND, 7, true, false)));
            recorder.row(CLASSIC, row(n));
        }
        recorder.flush();
        List<Integer> revisions = bars(history, Interval.MINUTE, START, Long.MAX_VALUE).stream()
                .map(StoredBar::revision)
                .toList();
        assertEquals(List.of(6, 2, 0), revisions);
    }

    @Test
    void refusesToMakeBarsFromLongerOnes() {
        Bar minute = Bar.flat(Interval.MINUTE, START, 5, true, true);
        Series polled = new Series(TAPE, Samples.BTCUSDT, "classic", Interval.MINUTE);
        recorder.row(polled, row(minute));
        recorder.flush();
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> bars(history, new Interval(90 * SECOND), 0, Long.MAX_VALUE));
        assertEquals("90s bars cannot be made from the 1m bars of this tape", refused.getMessage());
    }

    @Test
    void readsAlertsThatOpenedTogetherOnceEach() {
        int times = 3_000; // 6,000 alerts: a chunk ends between two of the same time
        for (int n = 0; n < times; n++) {
            recorder.alertOpened(CLASSIC, Samples.alert(ClassicRules.Z_HIGH, START + n));
            recorder.alertOpened(CLASSIC, Samples.alert(ClassicRules.VOLATILITY_SPIKE, START + n));
        }
        recorder.flush();
        List<Alert> read = new ArrayList<>();
        history.alerts(CLASSIC, read::add);
        assertEquals(2 * times, read.size());
        for (int n = 0; n < times; n++) {
            assertEquals(Samples.alert(ClassicRules.VOLATILITY_SPIKE, START + n), read.get(2 * n));
            assertEquals(Samples.alert(ClassicRules.Z_HIGH, START + n), read.get(2 * n + 1));
        }
        assertEquals(read.reversed().subList(0, 5), history.alerts(CLASSIC, 5));
    }

    @Test
    void tellsByItsVersionThatSomethingWasCommitted() {
        long before = history.dataVersion();
        assertEquals(before, history.dataVersion());
        recorder.trade(TAPE, trade(1));
        recorder.flush();
        long after = history.dataVersion();
        assertNotEquals(before, after);
        assertEquals(after, history.dataVersion());
    }

    @Test
    void mayBeAskedAgainByItsOwnConsumer() {
        record(0, 2);
        List<Integer> sizes = new ArrayList<>();
        history.features(
                CLASSIC,
                START,
                START + 9 * SECOND,
                row -> sizes.add(history.latestFeatures(CLASSIC, 9).size()));
        assertEquals(List.of(3, 3, 3), sizes);
    }

    @Test
    void readsAPrefixInSeveralThreadsWhileItIsRecorded() throws Exception {
        AtomicBoolean recording = new AtomicBoolean(true);
        try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> reads = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                reads.add(readers.submit(() -> {
                    int rounds = 0;
                    do {
                        var read = trades(history, TAPE, 0);
                        for (int id = 0; id < read.size(); id++) {
                            assertEquals(trade(id), read.get(id));
                        }
                        rounds++;
                    } while (recording.get());
                    return rounds;
                }));
            }
            for (int id = 0; id < 20_000; id++) {
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            recording.set(false);
            for (Future<Integer> read : reads) {
                assertTrue(read.get() > 0);
            }
        }
        assertEquals(20_000, history.tradeCount(TAPE));
    }
}
