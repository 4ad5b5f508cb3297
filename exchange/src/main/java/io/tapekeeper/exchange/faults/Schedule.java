package io.tapekeeper.exchange.faults;

import java.util.Optional;

/**
 * When a fault strikes, how long each strike lasts, and how often.
 *
 * @param after the first strike comes when this much has happened; {@code trades(500)} is the 500th
 * @param every from one strike to the next; without it there is one strike only, or {@code times} of them one right
 *     after the other
 * @param lasting how long a strike goes on hitting; without it, it hits one trade, request or connection
 * @param only the one stream whose events count and are hit ({@code btcusdt@aggTrade}), or the one REST endpoint
 *     ({@code aggTrades})
 */
public record Schedule(
        Progress after, Optional<Progress> every, Optional<Progress> lasting, long times, Optional<String> only) {
    /** Once, as soon as there is anything to hit. */
    public static final Schedule AT_ONCE = after(new Progress(Progress.Unit.TIME, 0));

    /** Once, when this much has happened. */
    public static Schedule after(Progress amount) {
        return new Schedule(amount, Optional.empty(), Optional.empty(), 1, Optional.empty());
    }

    /** Again and again, without end. */
    public static Schedule each(Progress amount) {
        return after(amount).repeated(amount, Long.MAX_VALUE);
    }

    public Schedule repeated(Progress distance, long number) {
        return new Schedule(after, Optional.of(distance), lasting, number, only);
    }

    public Schedule lasting(Progress length) {
        return new Schedule(after, every, Optional.of(length), times, only);
    }

    public Schedule times(long number) {
        return new Schedule(after, every, lasting, number, only);
    }

    public Schedule only(String streamOrEndpoint) {
        return new Schedule(after, every, lasting, times, Optional.of(streamOrEndpoint));
    }

    boolean namesStream() {
        return only.isPresent() && only.get().contains("@");
    }

    /** Whether events of this stream, or requests of this endpoint, count. */
    boolean counts(String name) {
        return only.isEmpty()
                || name.contains("@") != namesStream()
                || only.get().equals(name);
    }
}
