package io.tapekeeper.recorder.repair;

import io.tapekeeper.venue.VenueException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * One attempt at several gaps of a tape, each after the other, whatever became of the one before: the venue may answer
 * for the next.
 */
final class FillRound {
    private final List<RangeFill> done = new ArrayList<>();
    private VenueException unanswered; // the last one

    /**
     * Asks for each of them that is not at rest.
     *
     * @param patience questions in a row that the venue may leave open for one of them
     * @param progress takes how many ids more have come or are known not to come
     */
    void ask(Collection<RangeFill> fills, int patience, LongConsumer progress, RangeFill.Pauses pauses)
            throws InterruptedException {
        for (RangeFill fill : fills) {
            if (fill.restsFor() > 0) { // one before it has shown that asking is no use
                continue;
            }
            try {
                if (fill.ask(patience, progress, pauses)) {
                    done.add(fill);
                }
            } catch (VenueException e) {
                if (e.kind() == VenueException.Kind.NOT_SERVED) {
                    fill.rest();
                    fills.stream().filter(RangeFill::isNamed).forEach(RangeFill::rest); // the answer holds for all
                } else {
                    if (leavesOpen(e.kind())) {
                        fill.doubt();
                    }
                    unanswered = e;
                }
            }
        }
    }

    /** Whether the venue has left it open which ids it has; an outage shows nothing of ids. */
    private static boolean leavesOpen(VenueException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, REFUSED -> false;
            case BAD_ANSWER, NOT_SERVED, UNKNOWN_SYMBOL -> true;
        };
    }

    /** Those of which every id has come or is known not to come. */
    List<RangeFill> done() {
        return done;
    }

    /** Why a question was not answered, where one was not. */
    Optional<VenueException> unanswered() {
        return Optional.ofNullable(unanswered);
    }
}
