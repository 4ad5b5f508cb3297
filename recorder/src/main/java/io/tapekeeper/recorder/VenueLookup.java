package io.tapekeeper.recorder;

import io.tapekeeper.venue.VenueException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What the venue says of itself, asked for in a thread of its own while the store is opened: a start has to do both,
 * and neither needs the other.
 */
final class VenueLookup implements AutoCloseable {
    private final FutureTask<VenueProfile> answer;

    private VenueLookup(FutureTask<VenueProfile> answer) {
        this.answer = answer;
    }

    /** Asks at once. */
    static VenueLookup begin(Callable<VenueProfile> question) {
        FutureTask<VenueProfile> answer = new FutureTask<>(question);
        Thread.ofPlatform().daemon().name("first-answer").start(answer);
        return new VenueLookup(answer);
    }

    /**
     * Waits for the answer.
     *
     * @throws VenueException as the question threw it
     */
    VenueProfile await() throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case VenueException refusal -> throw refusal;
                case RuntimeException defect -> throw defect;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Nobody waits for it any more. */
    @Override
    public void close() {
        answer.cancel(true);
    }
}
