package io.tapekeeper.tape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequencerTest {
    private static final long SECOND = 1_000_000_000L;

    private final Said said = new Said();
    private Sequencer sequencer = new Sequencer(said, new HoldLimit(30 * SECOND, 500_000));

    /** Writes down what a sequencer says. */
    private static final class Said implements Sequencer.Output {
        final List<String> lines = new ArrayList<>();

        @Override
        public void trade(TradeView trade) {
            lines.add("trade " + trade.id());
        }

        @Override
        public void gap(Gap gap, GapCause cause) {
            String why = cause == GapCause.MISSED ? "" : " " + cause.label();
            lines.add("gap %d-%d%s".formatted(gap.firstId(), gap.lastId(), why));
        }

        @Override
        public void conflict(Trade emitted, TradeView other) {
            lines.add("conflict " + other.id());
        }
    }

    private static Trade trade(long id) {
        return trade(id, Decimals.ONE);
    }

    private static Trade trade(long id, long price) {
        return new Trade(id, price, Decimals.ONE, Side.BUY, id * 1000, id * 1000, 1);
    }

    @Test
    void beginsWithTheFirstTradeItSees() {
        sequencer.offer(trade(500), 0);
        sequencer.offer(trade(501), 0);
        assertEquals(List.of("trade 500", "trade 501"), said.lines);
    }

    @Test
    void holdsLaterTradesBackUntilTheHoleIsFilled() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(4), 0);
        sequencer.offer(trade(3), 0);
        assertTrue(sequencer.waits());
        assertEquals(List.of("trade 1"), said.lines);
        sequencer.offer(trade(2), SECOND);
        assertEquals(List.of("trade 1", "trade 2", "trade 3", "trade 4"), said.lines);
        assertFalse(sequencer.waits());
    }

    @Test
    void saysWhatIsMissingWhenTheHoldBackTimeIsOver() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(4), 0);
        sequencer.advance(30 * SECOND - 1);
        assertEquals(List.of("trade 1"), said.lines);
        sequencer.advance(30 * SECOND);
        assertEquals(List.of("trade 1", "gap 2-3", "trade 4"), said.lines);
    }

    @Test
    void givesEachHoleItsOwnHoldBackTime() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(3), 0);
        sequencer.offer(trade(5), 29 * SECOND);
        sequencer.advance(30 * SECOND);
        assertEquals(List.of("trade 1", "gap 2-2", "trade 3"), said.lines);
        sequencer.advance(60 * SECOND);
        assertEquals(List.of("trade 1", "gap 2-2", "trade 3", "gap 4-4", "trade 5"), said.lines);
    }

    @Test
    void goesOnAtOnceWhereNothingIsHeldBack() {
        Sequencer impatient = new Sequencer(said, new HoldLimit(0, 10));
        impatient.offer(trade(1), 0);
        impatient.offer(trade(9), 0);
        assertEquals(List.of("trade 1", "gap 2-8", "trade 9"), said.lines);
    }

    @Test
    void givesUpAHoleWhenTheBudgetOfAllInstrumentsIsUsedUp() {
        HoldLimit limit = new HoldLimit(30 * SECOND, 3);
        Sequencer other = new Sequencer(new Said(), limit);
        other.offer(trade(1), 0);
        other.offer(trade(3), 0);
        other.offer(trade(4), 0);
        Sequencer last = new Sequencer(said, limit);
        last.offer(trade(10), 0);
        last.offer(trade(12), 0);
        assertEquals(List.of("trade 10", "gap 11-11", "trade 12"), said.lines);
        assertEquals(2, limit.held());
    }

    @Test
    void goesOnBehindIdsThatWillNeverComeAndSaysWhy() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(6), 0);
        sequencer.missing(3, 4, GapCause.BLANKED, 0);
        assertEquals(List.of("trade 1"), said.lines);
        sequencer.offer(trade(2), 0);
        assertEquals(List.of("trade 1", "trade 2"), said.lines, "5 may still come");
        sequencer.missing(5, 5, GapCause.ABSENT, 0);
        assertEquals(List.of("trade 1", "trade 2", "gap 3-4 blanked", "gap 5-5 absent", "trade 6"), said.lines);
    }

    @Test
    void waitsForALaterTradeBehindIdsThatWillNeverCome() {
        sequencer.offer(trade(1), 0);
        sequencer.missing(2, 3, GapCause.BLANKED, 0);
        assertEquals(List.of("trade 1"), said.lines);
        sequencer.offer(trade(4), 0);
        assertEquals(List.of("trade 1", "gap 2-3 blanked", "trade 4"), said.lines);
    }

    @Test
    void namesEachCauseWhenAHoleIsGivenUp() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(9), 0);
        sequencer.missing(4, 5, GapCause.ABSENT, 0);
        sequencer.giveUp(SECOND);
        assertEquals(List.of("trade 1", "gap 2-3", "gap 4-5 absent", "gap 6-8", "trade 9"), said.lines);
        sequencer.giveUp(SECOND);
        assertEquals(5, said.lines.size(), "without a hole there is nothing to give up");
    }

    @Test
    void doesNotRestartTheHoldBackTimeWhenAHoleIsPartlyFilled() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(5), 0);
        sequencer.offer(trade(2), 20 * SECOND);
        assertEquals(4, sequencer.gapLast());
        sequencer.advance(30 * SECOND);
        assertEquals(List.of("trade 1", "trade 2", "gap 3-4", "trade 5"), said.lines);
    }

    @Test
    void dropsAndCountsWhatComesTwice() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(3), 0);
        sequencer.offer(trade(3), 0);
        assertEquals(List.of("trade 1"), said.lines);
        assertEquals(2, sequencer.duplicates());
        assertEquals(0, sequencer.conflicts());
    }

    @Test
    void reportsTheSameIdWithAnotherPriceAndKeepsTheFirst() {
        sequencer.offer(trade(1), 0);
        sequencer.offer(trade(1, 2 * Decimals.ONE), 0);
        assertEquals(List.of("trade 1", "conflict 1"), said.lines);
    }

    @Test
    void anotherTimeForTheSameIdIsNoConflict() {
        sequencer.offer(trade(1), 0);
        Trade again = new Trade(1, Decimals.ONE, Decimals.ONE, Side.BUY, 1_001, 77, 1);
        sequencer.offer(again, 0);
        assertEquals(0, sequencer.conflicts());
    }

    @Test
    void anyOrderOfArrivalGivesTheSameTape() {
        for (int seed = 0; seed < 200; seed++) {
            List<Long> ids =
                    new ArrayList<>(LongStream.rangeClosed(2, 60).boxed().toList());
            ids.addAll(LongStream.rangeClosed(20, 40).boxed().toList());
            Collections.shuffle(ids, new Random(seed));
            Said out = new Said();
            HoldLimit limit = new HoldLimit(30 * SECOND, 100);
            Sequencer any = new Sequencer(out, limit);
            any.offer(trade(1), 0);
            ids.forEach(id -> any.offer(trade(id), 0));
            List<String> tape =
                    LongStream.rangeClosed(1, 60).mapToObj(id -> "trade " + id).toList();
            assertEquals(tape, out.lines, "seed " + seed);
            assertEquals(21, any.duplicates(), "seed " + seed);
            assertEquals(0, limit.held(), "seed " + seed);
        }
    }

    @Test
    void anyOrderOfTradesAndMissingIdsGivesTheSameTape() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<String> expected = new ArrayList<>(List.of("trade 1"));
            List<Runnable> sayings = new ArrayList<>();
            for (long id = 2; id < 60; id++) {
                long one = id;
                if (random.nextInt(4) > 0 || id == 59) {
                    expected.add("trade " + id);
                    sayings.add(() -> sequencer.offer(trade(one), 0));
                } else {
                    expected.add("gap %d-%d absent".formatted(id, id));
                    sayings.add(() -> sequencer.missing(one, one, GapCause.ABSENT, 0));
                }
            }
            Collections.shuffle(sayings, random);
            said.lines.clear();
            sequencer = new Sequencer(said, new HoldLimit(30 * SECOND, 1_000));
            sequencer.offer(trade(1), 0);
            sayings.forEach(Runnable::run);
            assertEquals(expected, said.lines, "seed " + seed);
        }
    }

    @Test
    void continuesBehindTheLastTradeOfASavedState() throws IOException {
        sequencer.offer(trade(7), 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sequencer.save(new DataOutputStream(bytes));
        Sequencer restored = new Sequencer(said, new HoldLimit(0, 10));
        restored.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        restored.offer(trade(7), 0);
        restored.offer(trade(9), 0);
        assertEquals(List.of("trade 7", "gap 8-8", "trade 9"), said.lines);
    }
}
