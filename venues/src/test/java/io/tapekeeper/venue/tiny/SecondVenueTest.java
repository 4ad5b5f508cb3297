package io.tapekeeper.venue.tiny;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.Sequencer;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another venue is kept whole by the same classes: sessions, hub, ranges by id, and the Sequencer of the core. */
@Timeout(60)
class SecondVenueTest {
    private static final TapeId TAPE = new TapeId("tiny", "ACME", TapeKind.RAW, true);

    private final List<Trade> tape = new ArrayList<>(); // guarded by itself, as is the sequencer
    private final List<String> faults = new ArrayList<>();
    private final Sequencer sequencer = new Sequencer(
            new Sequencer.Output() {
                @Override
                public void trade(TradeView trade) {
                    tape.add(trade.toTrade());
                }

                @Override
                public void gap(Gap gap, GapCause cause) {
                    faults.add("gap " + gap);
                }

                @Override
                public void conflict(Trade emitted, TradeView other) {
                    faults.add("conflict " + other.id());
                }
            },
            new HoldLimit(Duration.ofHours(1).toNanos(), 1_000));

    private TinyServer server;
    private TinyVenue venue;

    @BeforeEach
    void open() throws IOException {
        server = new TinyServer();
        venue = new TinyVenue(server, Patience.shortRetries());
    }

    @AfterEach
    void close() throws IOException {
        venue.close();
        server.close();
    }

    private Feed started(boolean redundant) {
        Feed feed = venue.stream(List.of(TinyVenue.ACME), TapeKind.RAW, redundant, venue.history()::newestId, event -> {
            if (event instanceof FeedEvent.Traded traded) {
                offer(traded.trade());
            }
        });
        feed.start();
        return feed;
    }

    private void offer(TradeView trade) {
        synchronized (tape) {
            sequencer.offer(trade, System.nanoTime());
        }
    }

    private void awaitTape(long lastId) {
        Eventually.that("trade " + lastId + " is on the tape", () -> {
            synchronized (tape) {
                return sequencer.lastId() == lastId;
            }
        });
    }

    private void assertWhole(long lastId) {
        List<Long> all = LongStream.rangeClosed(1, lastId).boxed().toList();
        assertEquals(all, tape.stream().map(Trade::id).toList());
        assertEquals(List.of(), faults);
    }

    /** Fetches what the tape waits for. */
    private void repair() {
        IdRange missing = new IdRange(sequencer.lastId() + 1, sequencer.gapLast());
        RangeFetch fetch = new RangeFetch(
                venue.history(), TAPE, missing, new AbsenceProof(Duration.ofSeconds(10)), new RangeSink() {
                    @Override
                    public void trade(Trade trade) {
                        offer(trade);
                    }

                    @Override
                    public void missing(long firstId, long lastId, GapCause cause) {
                        faults.add("%d to %d %s".formatted(firstId, lastId, cause));
                    }
                });
        while (fetch.step(Priority.REPAIR) != FetchStep.DONE) {
            // a page of eight came
        }
    }

    @Test
    void whatWasPrintedWhileNoSocketWasOpenIsFetchedAndEachTradeIsOnTheTapeOnce() throws IOException {
        try (Feed feed = started(false)) {
            server.accept();
            server.print(1, 10);
            awaitTape(10);
            server.loseSockets();
            server.print(11, 47);
            server.accept();
            server.print(48, 50);
            Eventually.that("the tape waits for what is missing", () -> {
                synchronized (tape) {
                    return sequencer.gapLast() == 47;
                }
            });
            repair();
            awaitTape(50);
            assertWhole(50);
            assertEquals(1, feed.counts().reconnects());
            assertEquals(5, venue.rate().used(), "37 trades in pages of eight");
        }
    }

    @Test
    void twoSocketsBringEachTradeTwiceAndTheTapeHasItOnce() throws IOException {
        try (Feed feed = started(true)) {
            server.accept();
            server.accept();
            server.print(1, 600); // more than one batch
            awaitTape(600);
            Eventually.that("both have brought all", () -> feed.counts().trades() == 1_200);
            assertWhole(600);
            assertEquals(0, feed.counts().malformed());
        }
    }

    @Test
    void itsPastIsKnownByIdAndByTime() throws IOException {
        server.print(1, 20);
        assertEquals(20, venue.newestId("ACME", TapeKind.RAW).orElseThrow());
        assertEquals(1, venue.oldestId("ACME", TapeKind.RAW, Priority.LIVE).orElseThrow());
        assertEquals(
                7, venue.firstIdAt("ACME", TapeKind.RAW, 1_790_000_007_000_000L).orElseThrow());
        assertEquals(1_790_000_000_500_000L, venue.serverTimeMicros());
    }
}
