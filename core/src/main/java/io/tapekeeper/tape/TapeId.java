package io.tapekeeper.tape;

/**
 * Which tape a row belongs to. Tapes never mix: the same symbol recorded raw, aggregate, polled or simulated is another
 * tape.
 *
 * @param simulated whether the venue is a simulated market
 */
public record TapeId(String venue, String symbol, TapeKind kind, boolean simulated) {}
