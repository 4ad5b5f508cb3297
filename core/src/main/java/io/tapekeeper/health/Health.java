package io.tapekeeper.health;

import java.util.Locale;

/**
 * How far a series can be trusted at this moment. The recorder reports it at least once a second; after five seconds
 * without a report the page shows the series as stale, for that reason.
 *
 * @param reason why the state is what it is, in words; empty where the state says all
 * @param lastTradeTime venue time of the last trade, epoch microseconds; 0 before the first
 * @param lastTradeAgeMillis age of the last trade when this was reported; the page counts on from it
 * @param warm bars in the window of the z-score
 * @param warmOf bars that fill the window
 * @param storedTrades trades of this tape in the store; negative where they are not counted
 * @param tradesPerSecond rate of the last few seconds; NaN where it is not known
 * @param agesMeaningful false where a recording is played: the ages of its trades mean nothing
 * @param staleAfterMillis how long nothing may come before the series is stale; 0 where there is no limit
 * @param completeness what the tape still misses
 * @param clockOffsetMillis the venue's clock minus this machine's; NaN where it was not measured
 * @param latency how long trades take to arrive
 */
public record Health(
        State state,
        String reason,
        long lastTradeTime,
        long lastTradeAgeMillis,
        int warm,
        int warmOf,
        long storedTrades,
        double tradesPerSecond,
        boolean agesMeaningful,
        long staleAfterMillis,
        Completeness completeness,
        double clockOffsetMillis,
        Latency latency) {
    /** From good to bad. */
    public enum State {
        LIVE,
        WARMING_UP,
        STALE,
        DISCONNECTED;

        /** As the API prints it: {@code warming-up}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether the series is as new as it can be. */
    public boolean isFresh() {
        return state == State.LIVE || state == State.WARMING_UP;
    }

    /** Only the state and its reason are known. */
    public static Health only(State state, String reason) {
        return new Health(
                state, reason, 0, 0, 0, 0, -1, Double.NaN, false, 0, Completeness.UNKNOWN, Double.NaN, Latency.UNKNOWN);
    }

    /** The same, {@code millis} later: its last trade is that much older. */
    public Health aged(long millis) {
        return with(state, reason, lastTradeAgeMillis + millis);
    }

    /** The same numbers in another state. */
    public Health in(State other, String why) {
        return with(other, why, lastTradeAgeMillis);
    }

    private Health with(State newState, String newReason, long newAgeMillis) {
        return new Health(
                newState,
                newReason,
                lastTradeTime,
                newAgeMillis,
                warm,
                warmOf,
                storedTrades,
                tradesPerSecond,
                agesMeaningful,
                staleAfterMillis,
                completeness,
                clockOffsetMillis,
                latency);
    }
}
