package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.trade;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerTest {
    private static final Gap GAP = new Gap(11, 20, START, START + SECOND);

    @TempDir
    Path folder;

    private Path file;
    private Recorder recorder;
    private History history;

    @BeforeEach
    void open() {
        file = folder.resolve("tape.db");
        recorder = Recorder.open(file, Durability.NORMAL);
        history = History.open(file);
    }

    @AfterEach
    void close() {
        history.close();
        recorder.close();
    }

    private LedgerEntry only() {
        recorder.flush();
        List<LedgerEntry> all = history.gaps(TAPE);
        assertEquals(1, all.size());
        assertEquals(all.getFirst().isOpen() ? all : List.of(), history.openGaps(TAPE));
        return all.getFirst();
    }

    @ParameterizedTest
    @EnumSource(GapCause.class)
    void keepsAGapOpenOnlyWhereItMayStillBeFilled(GapCause cause) {
        recorder.gap(TAPE, GAP, cause);
        LedgerEntry entry = only();
        assertEquals(GAP, entry.gap());
        assertEquals(cause, entry.cause());
        assertEquals(cause == GapCause.MISSED || cause == GapCause.UNRESOLVED, entry.isOpen());
        assertEquals(entry.opened(), entry.closed().orElse(entry.opened()));
        assertEquals(Optional.empty(), entry.repairedBy());
    }

    @Test
    void keepsWhenAGapWasSettledAndByWhat() {
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        long opened = only().opened();
        recorder.gapSettled(TAPE, 11, 20, GapCause.MISSED, Optional.of("rest"));
        LedgerEntry settled = only();
        assertEquals(opened, settled.opened());
        assertTrue(settled.closed().orElseThrow() >= opened);
        assertEquals(Optional.of("rest"), settled.repairedBy());
    }

    @Test
    void settlesAGapThatCannotBeFilledWithItsCause() {
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        recorder.gapSettled(TAPE, 11, 20, GapCause.BEYOND_RETENTION, Optional.empty());
        LedgerEntry settled = only();
        assertEquals(GapCause.BEYOND_RETENTION, settled.cause());
        assertFalse(settled.isOpen());
        assertEquals(Optional.empty(), settled.repairedBy());
    }

    @Test
    void leavesASettledGapAsItIs() {
        recorder.gap(TAPE, GAP, GapCause.ABSENT);
        LedgerEntry settled = only();
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        recorder.gap(TAPE, GAP, GapCause.UNRESOLVED);
        recorder.gapSettled(TAPE, 11, 20, GapCause.MISSED, Optional.of("backfill"));
        assertEquals(settled, only());
    }

    @Test
    void keepsWhatWasFoundOutWhenAReplayReportsTheGapAgain() {
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        long opened = only().opened();
        recorder.gap(TAPE, GAP, GapCause.UNRESOLVED);
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        LedgerEntry unresolved =
                new LedgerEntry(GAP, GapCause.UNRESOLVED, opened, OptionalLong.empty(), Optional.empty());
        assertEquals(unresolved, only());
        recorder.gapSettled(TAPE, 11, 20, GapCause.UNRESOLVED, Optional.empty());
        assertEquals(unresolved, only());
    }

    @Test
    void settlesOneGapAlone() {
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        recorder.gap(TAPE, new Gap(11, 12, START, START), GapCause.MISSED);
        recorder.gapSettled(TAPE, 11, 12, GapCause.MISSED, Optional.of("rest"));
        recorder.gapSettled(TAPE, 1, 9, GapCause.MISSED, Optional.of("rest")); // not in the ledger
        recorder.flush();
        assertEquals(2, history.gaps(TAPE).size());
        assertEquals(
                List.of(GAP),
                history.openGaps(TAPE).stream().map(LedgerEntry::gap).toList());
    }

    private List<IdRange> missing(long from, long to) {
        List<IdRange> ranges = new ArrayList<>();
        history.missingRanges(TAPE, from, to, ranges::add);
        return ranges;
    }

    @Test
    void namesTheIdsThatAreNotStored() {
        assertEquals(List.of(new IdRange(5, 9)), missing(5, 9));
        for (long id : new long[] {1, 2, 5, 9}) {
            recorder.trade(TAPE, trade(id));
        }
        recorder.flush();
        assertEquals(List.of(new IdRange(3, 4), new IdRange(6, 8)), missing(1, 9));
        assertEquals(List.of(new IdRange(0, 0), new IdRange(3, 3)), missing(0, 3));
        assertEquals(List.of(new IdRange(10, 12)), missing(9, 12));
        assertEquals(List.of(), missing(5, 5));
        assertEquals(1, history.firstTradeId(TAPE).orElseThrow());
    }

    @Test
    void namesTheSameIdsAsLookingForEachAlone() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int most = 12_000; // some chunks
        List<Long> absent = new ArrayList<>();
        for (long id = 0; id < most; id++) {
            if (random.nextInt(10) < 2) {
                absent.add(id);
            } else {
                recorder.trade(TAPE, trade(id));
            }
        }
        recorder.flush();
        assertEquals(
                absent,
                missing(0, most - 1).stream()
                        .flatMap(range -> LongStream.rangeClosed(range.first(), range.last())
                                .boxed())
                        .toList(),
                "seed " + seed);
    }

    @Test
    void keepsTheCheckpointAtTheEdgeOfAnOpenGap() {
        for (long id : new long[] {9, 10, 30, 40, 50, 60}) {
            recorder.checkpoint(CLASSIC, id, START + id, new byte[] {(byte) id});
            if (id == 10) {
                recorder.gap(TAPE, GAP, GapCause.MISSED); // 11 to 20
            }
        }
        recorder.flush();
        assertEquals(10, before(11));
        assertEquals(10, before(40));
        assertEquals(40, before(50));
        recorder.gapSettled(TAPE, 11, 20, GapCause.MISSED, Optional.of("rest"));
        recorder.checkpoint(CLASSIC, 70, START + 70, new byte[1]);
        recorder.flush();
        assertEquals(Optional.empty(), history.checkpointBefore(CLASSIC, 50));
    }

    private long before(long tradeId) {
        return history.checkpointBefore(CLASSIC, tradeId).orElseThrow().lastTradeId();
    }

    @Test
    void keepsOneCheckpointAtAnEdgeHoweverOftenItIsSaid() throws Exception {
        recorder.gap(TAPE, GAP, GapCause.MISSED);
        for (int n = 0; n < 9; n++) {
            recorder.checkpoint(CLASSIC, 10, START, new byte[] {(byte) n});
        }
        recorder.flush();
        assertEquals("1", Samples.ask(file, "SELECT count(*) FROM checkpoint"));
        assertEquals(8, history.checkpointBefore(CLASSIC, 11).orElseThrow().state()[0]);
    }

    @Test
    void rewindsToTheCheckpointBeforeATrade() {
        for (long id : new long[] {10, 30, 40}) {
            recorder.checkpoint(CLASSIC, id, START + id, new byte[1]);
        }
        recorder.rewind(CLASSIC, 30);
        recorder.flush();
        assertEquals(10, history.checkpoint(CLASSIC).orElseThrow().lastTradeId());
        recorder.checkpoint(CLASSIC, 35, START + 35, new byte[1]);
        recorder.flush();
        assertEquals(35, history.checkpoint(CLASSIC).orElseThrow().lastTradeId());
        assertEquals(10, before(35));
    }
}
