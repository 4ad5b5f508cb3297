package io.tapekeeper.health;

import java.util.Locale;

/**
 * How far a series can be trusted at this moment. Whoever records it tells this at least once a second; where nothing
 * is told for five seconds, the page is shown stale with that as the reason.
 *
 * @param reason why the state is what it is, in words; empty where the state says all
 * @param lastTradeTime venue time of the last trade, epoch microseconds; 0 where there is none
 * @param lastTradeAgeMillis how long ago that was when this was told; the page goes on counting
 * @param warm bars in the window of the z-score
 * @param warmOf bars that it takes
 * @param storedTrades trades of this tape in the store; negative where nobody counts
 * @param tradesPerSecond trades that came lately, per second; NaN where nobody counts
 * @param agesMeaningful false where a recording is played, whose ages mean nothing
 * @param staleAfterMillis for how long nothing may come before it is stale; 0 where nobody says
 * @param completeness what the tape still misses
 * @param clockOffsetMillis to be added to this machine's clock to get the venue's; NaN where it was not measured
 * @param latency how long its trades are on their way
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

    /** Whether what comes is as new as it can be. */
    public boolean isFresh() {
        return state == State.LIVE || state == State.WARMING_UP;
    }

    /** Nothing is known but the state and why. */
    public static Health only(State state, String reason) {
        return new Health(
                state, reason, 0, 0, 0, 0, -1, Double.NaN, false, 0, Completeness.UNKNOWN, Double.NaN, Latency.UNKNOWN);
    }

    /** The same with its last trade {@code millis} older. */
    public Health aged(long millis) {
        return new Health(
                state,
                reason,
                lastTradeTime,
                lastTradeAgeMillis + millis,
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

    /** The same numbers in another state. */
    public Health in(State other, String why) {
        return new Health(
                other,
                why,
                lastTradeTime,
                lastTradeAgeMillis,
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
