package io.tapekeeper.exchange.faults;

import java.util.Optional;

/**
 * When a fault strikes, how long each strike lasts, and how often.
 *
 * @param after progress at the first strike; {@code trades(500)} is the 500th trade
 * @param every progress from one strike to the next; without it there is one strike, or {@code times} in immediate
 *     succession
 * @param lasting how long a strike lasts; without it, it hits one trade, request or connection
 * @param only the one stream whose events count and are hit ({@code btcusdt@aggTrade}), or the one REST endpoint
 *     ({@code aggTrades})
 */
public record Schedule(
        Progress after, Optional<Progress> every, Optional<Progress> lasting, long times, Optional<String> only) {
    /** Once, as soon as there is something to hit. */
    public static final Schedule AT_ONCE = after(new Progress(Progress.Unit.TIME, 0));

    /** Once, at a point in progress. */
    public static Schedule after(Progress amount) {
        return new Schedule(amount, Optional.empty(), Optional.empty(), 1, Optional.empty());
    }

    /** Repeatedly, without end. */
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
