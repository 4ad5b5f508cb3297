package io.tapekeeper.venue;

import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The trades that a venue has kept, by id. Its database may lag behind its streams, and not every id of it by as much.
 *
 * <p>Every question blocks, and throws a {@link VenueException} where it is not answered. Any thread may call.
 */
public interface TradeHistory {
    /** The host that is asked now, with its port where the address names one. */
    String host();

    /** Ids that one question brings at most. */
    int pageSize();

    /** What one question for a page costs of the venue's limit. */
    int weight(TapeKind kind);

    /**
     * The symbol's tape from the first id that the venue has at or after {@code fromId}; where that one is later, the
     * venue lacks those in between.
     *
     * @param limit 1 to {@link #pageSize}; fewer entries mean that the venue has no more now
     * @throws VenueException NOT_SERVED where this host has none by id
     */
    TradePage tradesFrom(String symbol, TapeKind kind, long fromId, int limit, Priority priority);

    /** The newest id on the symbol's tape; empty where it never traded. */
    OptionalLong newestId(String symbol, TapeKind kind);

    /** The first id that the venue still serves; empty where the symbol never traded. */
    default OptionalLong oldestId(String symbol, TapeKind kind, Priority priority) {
        TradePage page = tradesFrom(symbol, kind, 0, 1, priority);
        return page.isEmpty() ? OptionalLong.empty() : OptionalLong.of(page.firstId());
    }

    /**
     * The first id at or after a time; empty where nothing has traded since.
     *
     * @param timeMicros epoch microseconds, the venue's clock
     */
    OptionalLong firstIdAt(String symbol, TapeKind kind, long timeMicros);

    /**
     * Another way to learn which ids of a range exist, for a host that does not serve them by id; empty where there is
     * none.
     *
     * @param sinceMicros venue time of a trade before the first id, the nearer the cheaper
     * @param absence how often an id must be lacking before that is believed; the probe's own
     */
    default Optional<IdProbe> probe(
            TapeId tape, IdRange wanted, long sinceMicros, AbsenceProof absence, RangeSink sink) {
        return Optional.empty();
    }
}
