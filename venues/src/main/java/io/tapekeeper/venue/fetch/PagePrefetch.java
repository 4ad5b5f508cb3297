package io.tapekeeper.venue.fetch;

import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Pages of one range of ids, a few of them asked for before their turn: on a slow network one question at a time would
 * leave most of the weight unused that the venue allows. They are given in order. At most {@value #IN_FLIGHT}
 * questions, and so as many pages in memory; each waits for the governor by itself.
 *
 * <p>One thread at a time; questions beyond the first are asked on virtual threads.
 */
final class PagePrefetch {
    /** With answers in 400 ms as many as 40 % of 6,000 a minute need, at weight 4. */
    static final int IN_FLIGHT = 4;

    /** How a page is had; blocks. */
    interface Question {
        TradePage ask(long fromId, int limit);
    }

    private record Asked(long fromId, CompletableFuture<TradePage> page) {}

    private final long last;
    private final int length;
    private final Deque<Asked> asked = new ArrayDeque<>();

    /**
     * @param last of the range
     * @param length ids that a page has at most
     */
    PagePrefetch(long last, int length) {
        this.last = last;
        this.length = length;
    }

    /**
     * The page from {@code next} on.
     *
     * @param ahead whether the pages after it may be asked for as well
     * @throws VenueException where it was not answered; then the pages after it are forgotten
     */
    TradePage page(long next, boolean ahead, Question question) {
        if (!asked.isEmpty() && asked.peekFirst().fromId != next) {
            forget();
        }
        if (asked.isEmpty() && !ahead) {
            return question.ask(next, limit(next));
        }
        long from = asked.isEmpty() ? next : asked.peekLast().fromId + length;
        while (ahead && asked.size() < IN_FLIGHT && from <= last) {
            long first = from;
            asked.addLast(new Asked(
                    first,
                    CompletableFuture.supplyAsync(
                            () -> question.ask(first, limit(first)),
                            task -> Thread.ofVirtual().name("page").start(task))));
            from += length;
        }
        return answer(asked.removeFirst().page);
    }

    private int limit(long first) {
        return (int) Math.min(length, last - first + 1);
    }

    private TradePage answer(CompletableFuture<TradePage> page) {
        boolean answered = false;
        try {
            TradePage all = page.get();
            answered = true;
            return all;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VenueException unanswered) {
                throw unanswered;
            }
            throw new IllegalStateException("a question failed by a defect", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VenueException(Kind.UNREACHABLE, "The question was given up: ask again.", e);
        } finally {
            if (!answered) {
                forget();
            }
        }
    }

    /** What is on its way is of no use any more. */
    void forget() {
        asked.clear();
    }
}
