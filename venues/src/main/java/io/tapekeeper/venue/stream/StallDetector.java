package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.VenueException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Distinguishes a socket that keeps trades back from a quiet market.
 *
 * <p>A symbol that is silent for twenty times its usual pause between trades, but at least the shortest and at most the
 * longest stall, is suspicious; then one question to the venue decides. The question is asked on a thread of its own,
 * one at a time, about the busiest suspicious symbol first. Owned by the session's thread.
 */
final class StallDetector {
    private static final System.Logger LOG = System.getLogger(StallDetector.class.getName());

    /** Fractions of the shortest stall: questions cost weight, and a thousand symbols may sleep. */
    private static final int QUESTIONS_PER_STALL = 5;

    private final Function<String, OptionalLong> newest;
    private final Executor asker;
    private final Runnable wake;
    private final long askEvery;
    private final long flightTime;
    private final List<SymbolActivity> symbols;

    private SymbolActivity asked; // null = no question is open
    private CompletableFuture<OptionalLong> answer;
    private long answeredAt; // 0 = not answered
    private long askAfter;

    /**
     * @param newest the newest id that the venue knows of a symbol
     * @param asker runs a question, which may take long
     * @param wake called, by any thread, when {@link #look} may find something new
     */
    StallDetector(
            List<String> symbols,
            ConnectionSettings.Sockets settings,
            Function<String, OptionalLong> newest,
            Executor asker,
            Runnable wake) {
        this.newest = newest;
        this.asker = asker;
        this.wake = wake;
        long shortest = settings.shortestStall().toNanos();
        long longest = settings.longestStall().toNanos();
        askEvery = shortest / QUESTIONS_PER_STALL;
        flightTime = settings.flightTime().toNanos();
        this.symbols = symbols.stream()
                .map(symbol -> new SymbolActivity(symbol, shortest, longest))
                .toList();
    }

    /** That of the symbol at this place of the list; its {@link SymbolActivity#heard} may be called by any thread. */
    SymbolActivity symbol(int place) {
        return symbols.get(place);
    }

    /**
     * A connection begins where none was: what was printed in between is not held back. To be called before the first
     * trade may come over it.
     */
    void restart(long now) {
        symbols.forEach(symbol -> symbol.restart(now));
        asked = null;
        askAfter = now;
    }

    /** From now on trades can be expected. */
    void expect(long now) {
        symbols.forEach(symbol -> symbol.expect(now));
    }

    /** Follows the symbols; returns what is held back, in words, where something is. */
    Optional<String> look(long now) {
        symbols.forEach(symbol -> symbol.follow(now));
        return asked == null ? ask(now) : judge(now);
    }

    private Optional<String> ask(long now) {
        if (now - askAfter >= 0) {
            symbols.stream()
                    .filter(symbol -> symbol.suspicious(now))
                    .max(Comparator.comparingDouble(SymbolActivity::surprise))
                    .ifPresent(symbol -> ask(symbol, now));
        }
        return Optional.empty();
    }

    private void ask(SymbolActivity symbol, long now) {
        asked = symbol;
        askAfter = now + askEvery;
        answeredAt = 0;
        answer = CompletableFuture.supplyAsync(() -> newest.apply(symbol.symbol()), asker);
        var unused = answer.whenComplete((id, failure) -> wake.run());
    }

    private Optional<String> judge(long now) {
        return switch (answer.state()) {
            case RUNNING -> Optional.empty();
            case SUCCESS -> judge(answer.resultNow().orElse(SymbolActivity.NO_TRADE), now);
            case FAILED, CANCELLED -> {
                Throwable failure = answer.exceptionNow();
                LOG.log(
                        failure instanceof VenueException ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "the newest trade of " + asked.symbol() + " is not known",
                        failure);
                asked.notAnswered(now);
                asked = null;
                yield Optional.empty();
            }
        };
    }

    private Optional<String> judge(long venueNewest, long now) {
        SymbolActivity symbol = asked;
        boolean quiet = symbol.isQuiet(venueNewest);
        if (!quiet && answeredAt == 0) {
            answeredAt = now; // it may be on its way
        }
        if (!quiet && now - answeredAt < flightTime) {
            return Optional.empty();
        }
        asked = null;
        symbol.answered(venueNewest, quiet, now);
        return quiet
                ? Optional.empty()
                : Optional.of("no %s for %d s, though the venue knows newer trades (up to id %d)"
                        .formatted(symbol.symbol(), symbol.silenceNanos(now) / 1_000_000_000L, venueNewest));
    }
}
