package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.LocalRest;
import io.tapekeeper.venue.LocalRest.Reply;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that does not serve raw trades by id; aggregate n of it names raw ids 3n to 3n + 2. */
@Timeout(60)
class RawIdProbeTest {
    private static final Duration BELIEVE_AFTER = Duration.ofSeconds(10);
    private static final long START = 1_790_000_000_000_000L; // aggregate n traded n µs later

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> said = new ArrayList<>();
    private final TreeMap<Long, String> aggregates = new TreeMap<>();
    private LocalRest server;
    private BinanceRest rest;

    @BeforeEach
    void open() throws IOException {
        server = new LocalRest(this::answer);
        rest = new BinanceRest(server.address(), Patience.shortRetries());
        for (long n = 0; n < 3_000; n++) {
            serve(n);
        }
    }

    @AfterEach
    void close() {
        rest.close();
        server.close();
    }

    private void serve(long n) {
        serveAt(n, START + n);
    }

    private void serveAt(long n, long time) {
        aggregates.put(n, entry(n, 3 * n, 3 * n + 2, time));
    }

    private static String entry(long n, long first, long last, long time) {
        return "{\"a\":%d,\"p\":\"1\",\"q\":\"1\",\"f\":%d,\"l\":%d,\"T\":%d,\"m\":true}"
                .formatted(n, first, last, time);
    }

    private Reply answer(String path) {
        if (path.contains("historicalTrades")) {
            return Reply.status(404, "");
        }
        int limit = Integer.parseInt(path.replaceFirst(".*limit=(\\d+).*", "$1"));
        boolean byTime = path.contains("startTime");
        long from = Long.parseLong(path.replaceFirst(".*(?:fromId|startTime)=(\\d+).*", "$1"));
        List<String> page = aggregates.entrySet().stream()
                .dropWhile(
                        each -> // by time: from the first that is not before it
                        byTime ? time(each.getValue()) < from : each.getKey() < from)
                .limit(limit)
                .map(each -> each.getValue())
                .toList();
        return Reply.ok(page.toString());
    }

    private static long time(String entry) {
        return Long.parseLong(entry.replaceFirst(".*\"T\":(\\d+).*", "$1"));
    }

    private RangeFetch fetch(long first, long last, long sinceMicros) {
        RangeSink sink = new RangeSink() {
            @Override
            public void trade(Trade trade) {
                said.add(Long.toString(trade.id()));
            }

            @Override
            public void missing(long firstId, long lastId, GapCause cause) {
                said.add("%d-%d %s".formatted(firstId, lastId, cause.label()));
            }
        };
        return new RangeFetch(
                        rest,
                        new TapeId("binance", "X", TapeKind.RAW, false),
                        new IdRange(first, last),
                        new AbsenceProof(BELIEVE_AFTER, nanos::get),
                        sink)
                .orNamedSince(sinceMicros);
    }

    /** Goes on as long as something comes of it. */
    private static FetchStep goOn(RangeFetch fetch) {
        FetchStep step;
        do {
            step = fetch.step(Priority.REPAIR);
        } while (step == FetchStep.ADVANCED);
        return step;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void whatTheAggregatesNameExistsAndWhatLiesBetweenThemDoesNot() {
        aggregates.put(1_200L, entry(1_200, 3_601, 3_601, START + 1_200)); // lacks 3600 and 3602
        RangeFetch fetch = fetch(3_500, 7_000, START + 1_100);
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(
                List.of(
                        "3500-3599 unresolved",
                        "3600-3600 absent",
                        "3601-3601 unresolved",
                        "3602-3602 absent",
                        "3603-7000 unresolved"),
                said);
        assertEquals(3, server.asked.size(), "one by id and one for each thousand aggregates");
        assertEquals(7_001, fetch.next());
    }

    @Test
    void anAggregateThatComesLateThoughLaterOnesAreThereTellsOfItsTrades() {
        aggregates.remove(1_200L);
        RangeFetch fetch = fetch(3_590, 3_610, START + 1_100);
        for (int denial = 0; denial < 20; denial++) {
            assertEquals(FetchStep.WAIT, goOn(fetch));
            pass(BELIEVE_AFTER.dividedBy(21));
        }
        serve(1_200);
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3590-3610 unresolved"), said);
    }

    @Test
    void theTradesOfAnAggregateAreAbsentWhenItWasDeniedForLongEnoughAndOftenEnough() {
        aggregates.remove(1_200L);
        RangeFetch fetch = fetch(3_590, 3_610, START + 1_100);
        assertEquals(FetchStep.WAIT, goOn(fetch));
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.WAIT, goOn(fetch), "twice is not enough");
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3590-3599 unresolved", "3600-3602 absent", "3603-3610 unresolved"), said);
    }

    @Test
    void goesBackToTheFirstIdWhereTimeStepsBackAtTheEdge() {
        for (long n = 1_190; n < 1_200; n++) { // the hole's own; they seem to be older than it
            serveAt(n, START + 1_000);
        }
        RangeFetch fetch = fetch(3 * 1_190, 3 * 1_205 + 2, START + 1_189 + 1);
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3570-3617 unresolved"), said);
    }

    @Test
    void whetherThoseBeforeTheFirstIdAreAllThereIsNoMatter() {
        aggregates.remove(1_100L);
        aggregates.remove(1_198L);
        assertEquals(FetchStep.DONE, goOn(fetch(3_598, 3_610, START + 900)));
        assertEquals(List.of("3598-3610 unresolved"), said);
    }

    @Test
    void aLateAggregateAtTheEdgeIsAskedForAgain() {
        aggregates.headMap(1_201L).clear(); // none at or before the first id is there yet
        RangeFetch fetch = fetch(3_600, 3_610, START + 1_199);
        assertEquals(FetchStep.WAIT, goOn(fetch));
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.WAIT, goOn(fetch));
        assertEquals(List.of(), said);
        serve(1_200);
        serve(1_199);
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3600-3610 unresolved"), said);
    }

    @Test
    void nobodyCanSayWhatThereWasBeforeTheOldestAggregateThatTheVenueStillHas() {
        aggregates.headMap(1_201L).clear();
        RangeFetch fetch = fetch(3_590, 3_610, START);
        assertEquals(FetchStep.WAIT, goOn(fetch));
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.WAIT, goOn(fetch));
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3590-3602 beyond-retention", "3603-3610 unresolved"), said);
    }

    @Test
    void whatABlankedAggregateNamedIsNotKnownAnyMore() {
        aggregates.put(1_200L, entry(1_200, -1, -1, START + 1_200));
        aggregates.put(1_202L, entry(1_202, 3_607, 3_608, START + 1_202));
        assertEquals(FetchStep.DONE, goOn(fetch(3_600, 3_610, START + 1_100)));
        assertEquals(List.of("3600-3605 unresolved", "3606-3606 absent", "3607-3610 unresolved"), said);
    }

    @Test
    void waitsForAnAggregateBehindTheLastIdHoweverLongTheDatabaseLags() {
        aggregates.tailMap(1_203L).clear();
        RangeFetch fetch = fetch(3_600, 3_609, START + 1_100);
        for (int question = 0; question < 5; question++) {
            assertEquals(FetchStep.WAIT, goOn(fetch));
            pass(BELIEVE_AFTER);
        }
        assertEquals(3_609, fetch.next());
        serve(1_203);
        assertEquals(FetchStep.DONE, goOn(fetch));
        assertEquals(List.of("3600-3609 unresolved"), said);
    }

    @Test
    void beginsWithTheTapeWhereNothingIsOlder() {
        aggregates.put(0L, entry(0, 1, 2, START));
        assertEquals(FetchStep.DONE, goOn(fetch(0, 4, START)));
        assertEquals(List.of("0-0 absent", "1-4 unresolved"), said);
    }
}
