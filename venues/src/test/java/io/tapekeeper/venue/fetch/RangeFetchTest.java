package io.tapekeeper.venue.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RangeFetchTest {
    private static final Duration BELIEVE_AFTER = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofMillis(250);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // may overflow
    private final List<String> came = new ArrayList<>();
    private volatile List<Long> served = List.of();
    private LocalRest server;
    private RateGovernor governor;
    private BinanceRest rest;

    @BeforeEach
    void open() throws IOException {
        server = new LocalRest(this::page);
        governor = RateGovernor.inMemory("the-venue", InstantSource.system());
        rest = new BinanceRest(server.address(), Patience.shortRetries(), governor);
    }

    @AfterEach
    void close() {
        rest.close();
        server.close();
    }

    /** Ids of which a multiple of 1,000 is blanked and one of 100 has no size. */
    private Reply page(String path) {
        long from = Long.parseLong(path.replaceFirst(".*fromId=(\\d+).*", "$1"));
        int limit = Integer.parseInt(path.replaceFirst(".*limit=(\\d+).*", "$1"));
        return Reply.ok(served.stream()
                .filter(id -> id >= from)
                .limit(limit)
                .map(RangeFetchTest::entry)
                .toList()
                .toString());
    }

    private static String entry(long id) {
        String template = id % 1_000 == 0
                ? "{\"a\":%d,\"p\":\"0\",\"q\":\"0\",\"f\":-1,\"l\":-1,\"T\":1790000000000,\"m\":true}"
                : "{\"a\":%d,\"p\":\"1\",\"q\":\"%d\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true}";
        return template.formatted(id, id % 100 == 0 ? 0 : 1);
    }

    private RangeFetch fetch(long first, long last) {
        RangeSink sink = new RangeSink() {
            @Override
            public void trade(Trade trade) {
                came.add(Long.toString(trade.id()));
            }

            @Override
            public void missing(long firstId, long lastId, GapCause cause) {
                came.add("%d-%d %s".formatted(firstId, lastId, cause.label()));
            }
        };
        return new RangeFetch(
                rest,
                new TapeId("binance", "X", TapeKind.AGGREGATE, false),
                new IdRange(first, last),
                new AbsenceProof(BELIEVE_AFTER, nanos::get),
                sink);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Ids without a blanked or unusable one among them, whatever their number. */
    private Reply sound(String path, long newest) {
        long from = Long.parseLong(path.replaceFirst(".*fromId=(\\d+).*", "$1"));
        int limit = Integer.parseInt(path.replaceFirst(".*limit=(\\d+).*", "$1"));
        return Reply.ok(LongStream.range(from, Math.min(newest + 1, from + limit))
                .mapToObj(id -> entry(1).replace("\"a\":1,", "\"a\":" + id + ","))
                .toList()
                .toString());
    }

    @Test
    void aRepairHasAFewQuestionsInFlightAndTakesTheAnswersInOrder() {
        CountDownLatch four = new CountDownLatch(4);
        CountDownLatch others = new CountDownLatch(3);
        server.script(path -> {
            if (!path.contains("fromId=1&")) { // the first goes alone
                four.countDown();
                four.await(); // none is answered before all are there
                if (path.contains("fromId=1001&")) {
                    others.await(); // and the first of them last
                }
                others.countDown();
            }
            return sound(path, 10_000);
        });
        RangeFetch fetch = fetch(1, 5_500);
        for (int page = 1; page <= 5; page++) {
            assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
            assertEquals(page * 1_000L + 1, fetch.next());
        }
        assertEquals(FetchStep.DONE, fetch.step(Priority.REPAIR));
        assertEquals(LongStream.rangeClosed(1, 5_500).mapToObj(Long::toString).toList(), came);
        assertEquals(6, server.asked.size());
    }

    @Test
    void aQuestionThatIsNotAnsweredCostsNoIdAndTheNextGoesAlone() {
        AtomicBoolean failing = new AtomicBoolean(true);
        server.script(
                path -> path.contains("fromId=2001&") && failing.get() ? Reply.status(503, "") : sound(path, 10_000));
        RangeFetch fetch = fetch(1, 4_000);
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
        assertThrows(VenueException.class, () -> fetch.step(Priority.REPAIR));
        assertThrows(VenueException.class, () -> fetch.step(Priority.REPAIR));
        failing.set(false);
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
        assertEquals(FetchStep.DONE, fetch.step(Priority.REPAIR));
        assertEquals(LongStream.rangeClosed(1, 4_000).mapToObj(Long::toString).toList(), came);
        long again = server.asked.stream()
                .filter(path -> path.contains("fromId=3001&"))
                .count();
        assertTrue(again <= 2, again + " times: it was asked for ahead behind a failure");
    }

    @Test
    void aLiveQuestionGoesAlone() {
        server.script(path -> sound(path, 10_000));
        RangeFetch fetch = fetch(1, 4_000);
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.LIVE));
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.LIVE));
        assertEquals(2, server.asked.size());
    }

    @Test
    void goesOnBehindAnEntryThatCanBeNoTrade() {
        served = List.of(98L, 99L, 100L, 101L, 102L);
        assertEquals(FetchStep.DONE, fetch(98, 102).step(Priority.REPAIR));
        assertEquals(List.of("98", "99", "100-100 unresolved", "101", "102"), came);
    }

    @Test
    void tellsBlankedAndUnusableIdsApart() {
        served = List.of(1_000L, 1_001L, 1_100L);
        RangeFetch fetch = fetch(1_000, 1_001);
        assertEquals(FetchStep.DONE, fetch.step(Priority.REPAIR));
        assertEquals(List.of("1000-1000 blanked", "1001"), came);
    }

    @Test
    void anIdThatComesLateThoughLaterOnesAreThereIsNotLost() {
        served = List.of(1L, 3L, 4L);
        RangeFetch fetch = fetch(1, 4);
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
        for (int denial = 0; denial < 20; denial++) {
            assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR));
            pass(BELIEVE_AFTER.dividedBy(21));
        }
        served = List.of(1L, 2L, 3L, 4L);
        assertEquals(FetchStep.DONE, fetch.step(Priority.REPAIR));
        assertEquals(List.of("1", "2", "3", "4"), came);
    }

    @Test
    void anIdIsAbsentWhenItWasDeniedForLongEnoughAndOftenEnough() {
        served = List.of(1L, 3L);
        RangeFetch fetch = fetch(2, 3);
        assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR));
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR), "twice is not enough");
        assertEquals(FetchStep.DONE, fetch.step(Priority.REPAIR));
        assertEquals(List.of("2-2 absent", "3"), came);
    }

    @Test
    void whatALiveQuestionConcludesIsAskedForAsLiveToo() {
        served = List.of(1L, 3L);
        RangeFetch fetch = fetch(2, 3);
        while (governor.waitFor(1, Priority.REPAIR).isZero()) {
            governor.take(1, Priority.REPAIR); // a repair in the background has used up its share
        }
        int repairs = governor.snapshot().repairUsed();
        fetch.step(Priority.LIVE);
        pass(BELIEVE_AFTER);
        fetch.step(Priority.LIVE);
        assertEquals(FetchStep.DONE, fetch.step(Priority.LIVE));
        assertEquals(List.of("2-2 absent", "3"), came);
        assertEquals(repairs, governor.snapshot().repairUsed());
    }

    @Test
    void aDenialIsAsOldAsTheIdAndForgottenWhereTheDatabaseLags() {
        served = List.of(1L, 3L, 5L);
        RangeFetch fetch = fetch(2, 5);
        fetch.step(Priority.REPAIR);
        served = List.of();
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR));
        served = List.of(1L, 3L, 5L);
        for (int denial = 0; denial < 5; denial++) {
            assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR));
        }
        pass(BELIEVE_AFTER);
        assertEquals(FetchStep.ADVANCED, fetch.step(Priority.REPAIR));
        assertEquals(FetchStep.WAIT, fetch.step(Priority.REPAIR), "4 is denied for the first time");
        assertEquals(List.of("2-2 absent", "3"), came);
    }

    @Test
    void asksLessOftenTheLongerItIsDeniedButOftenEnough() {
        served = List.of(1L, 3L);
        RangeFetch fetch = fetch(2, 3);
        assertEquals(SHORTEST, fetch.pause(SHORTEST));
        Duration waited = Duration.ZERO;
        while (fetch.step(Priority.REPAIR) == FetchStep.WAIT) {
            Duration pause = fetch.pause(SHORTEST);
            assertTrue(pause.compareTo(SHORTEST) >= 0 && pause.compareTo(BELIEVE_AFTER) < 0);
            pass(pause);
            waited = waited.plus(pause);
        }
        assertTrue(waited.compareTo(Duration.ofSeconds(13)) < 0, waited.toString());
        assertTrue(fetch.questions() <= 9, fetch.questions() + " questions");
        assertEquals(List.of("2-2 absent", "3"), came);
    }
}
