package io.tapekeeper.venue.stream;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.TradeScanner;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells a socket that keeps trades back from a quiet market.
 *
 * <p>A symbol that is silent for twenty times its usual pause between trades, but at least the shortest and at most the
 * longest stall, is suspicious; then one question to the witness decides. The question is asked on a thread of its own,
 * one at a time, about the busiest suspicious symbol first. Owned by the session's thread, except for
 * {@link Pulse#heard}.
 */
final class StallDetector {
    private static final System.Logger LOG = System.getLogger(StallDetector.class.getName());
    private static final int PAUSES = 20;
    private static final double LEARNING = 0.05;
    private static final long NO_TRADE = -1;
    private static final long NOT_KNOWN = -2;

    /** Fractions of the shortest stall: questions cost weight, and a thousand symbols may sleep. */
    private static final int QUESTIONS_PER_STALL = 5;

    /** How one symbol is getting on. */
    final class Pulse {
        final Instrument instrument;
        private final AtomicLong newest = new AtomicLong(NO_TRADE); // id that came
        private long seen = NO_TRADE; // the newest id when last looked at
        private boolean fresh = true; // no trade has been seen over this connection
        private long changedAt;
        private double usualPause = Double.NaN; // nanoseconds
        private long askedAt;
        private int quiet; // answers in a row
        private long conceded = NOT_KNOWN; // id of the venue up to which nothing is held against us

        private Pulse(Instrument instrument) {
            this.instrument = instrument;
        }

        /** A trade came; any thread. */
        void heard(long id) {
            if (id > newest.get()) {
                newest.accumulateAndGet(id, Math::max);
            }
        }

        private void restart(long now) {
            seen = newest.get();
            fresh = true;
            conceded = NOT_KNOWN;
            quiet = 0;
            expect(now);
        }

        private void expect(long now) {
            changedAt = now;
            askedAt = now;
        }

        private void follow(long now) {
            long id = newest.get();
            if (id == seen) {
                return;
            }
            if (!fresh) {
                double pause = (double) (now - changedAt) / (id - seen); // ids have no holes
                usualPause = Double.isNaN(usualPause) ? pause : usualPause + LEARNING * (pause - usualPause);
            }
            seen = id;
            fresh = false;
            changedAt = now;
            quiet = 0;
        }

        private boolean suspicious(long now) {
            long usual = Double.isNaN(usualPause) ? 0 : (long) (PAUSES * usualPause);
            long limit = Math.clamp(usual, shortest, longest);
            for (int i = 0; i < quiet && limit < longest; i++) {
                limit = Math.min(2 * limit, longest);
            }
            return now - Math.max(changedAt, askedAt) >= limit;
        }

        private double surprise() {
            return Double.isNaN(usualPause) ? 0 : 1 / usualPause;
        }
    }

    private final TapeKind kind;
    private final NewestIdSource witness;
    private final Executor asker;
    private final Runnable wake;
    private final long shortest;
    private final long longest;
    private final long flightTime;
    private final Map<String, Pulse> pulses;

    private Pulse asked; // null = no question is open
    private CompletableFuture<OptionalLong> answer;
    private long answeredAt;
    private long askAfter;

    /**
     * @param asker runs a question, which may take long
     * @param wake called, by any thread, when {@link #look} may find something new
     */
    StallDetector(
            List<Instrument> instruments,
            TapeKind kind,
            ConnectionSettings.Sockets settings,
            NewestIdSource witness,
            Executor asker,
            Runnable wake) {
        this.kind = kind;
        this.witness = witness;
        this.asker = asker;
        this.wake = wake;
        shortest = settings.shortestStall().toNanos();
        longest = settings.longestStall().toNanos();
        flightTime = settings.flightTime().toNanos();
        pulses = instruments.stream()
                .map(Pulse::new)
                .collect(Collectors.toMap(p -> p.instrument.symbol(), Function.identity()));
    }

    /** Reads the trades of these symbols; for one thread. */
    TradeScanner<Pulse> scanner() {
        return new TradeScanner<>(kind, pulses);
    }

    /** Null where the symbol is none of ours; any thread. */
    Pulse pulse(String symbol) {
        return pulses.get(symbol);
    }

    /**
     * A connection begins where none was: what was printed in between is not held back. To be called before the first
     * trade may come over it.
     */
    void restart(long now) {
        pulses.values().forEach(pulse -> pulse.restart(now));
        asked = null;
        askAfter = now;
    }

    /** From now on trades can be expected. */
    void expect(long now) {
        pulses.values().forEach(pulse -> pulse.expect(now));
    }

    /** Follows the symbols; returns what is held back, in words, where something is. */
    Optional<String> look(long now) {
        pulses.values().forEach(pulse -> pulse.follow(now));
        return asked == null ? ask(now) : judge(now);
    }

    private Optional<String> ask(long now) {
        if (now - askAfter >= 0) {
            pulses.values().stream()
                    .filter(pulse -> pulse.suspicious(now))
                    .max(Comparator.comparingDouble(Pulse::surprise))
                    .ifPresent(pulse -> ask(pulse, now));
        }
        return Optional.empty();
    }

    private void ask(Pulse pulse, long now) {
        asked = pulse;
        askAfter = now + shortest / QUESTIONS_PER_STALL;
        answeredAt = 0;
        String symbol = pulse.instrument.symbol();
        answer = CompletableFuture.supplyAsync(() -> witness.newestId(symbol, kind), asker);
        var unused = answer.whenComplete((id, failure) -> wake.run());
    }

    private Optional<String> judge(long now) {
        Pulse pulse = asked;
        switch (answer.state()) {
            case RUNNING -> {
                return Optional.empty();
            }
            case FAILED, CANCELLED -> {
                Throwable failure = answer.exceptionNow();
                boolean foreseen = failure instanceof VenueException;
                LOG.log(
                        foreseen ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "the newest trade of " + pulse.instrument.symbol() + " is not known",
                        failure);
                pulse.askedAt = now; // it proves nothing: ask again later
                asked = null;
                return Optional.empty();
            }
            case SUCCESS -> {}
        }
        long venueNewest = answer.resultNow().orElse(NO_TRADE);
        // What was printed before this connection says nothing about it: the first answer is a
        // mark.
        boolean mark = pulse.fresh && pulse.conceded == NOT_KNOWN;
        boolean quiet = mark || venueNewest <= Math.max(pulse.newest.get(), pulse.conceded);
        if (!quiet && answeredAt == 0) {
            answeredAt = now; // it may be on its way
        }
        if (!quiet && now - answeredAt < flightTime) {
            return Optional.empty();
        }
        asked = null;
        pulse.askedAt = now;
        pulse.conceded = Math.max(pulse.conceded, venueNewest);
        if (quiet) {
            pulse.quiet += mark ? 0 : 1;
            return Optional.empty();
        }
        return Optional.of("no %s for %d s, though the venue knows newer trades (up to id %d)"
                .formatted(pulse.instrument.symbol(), (now - pulse.changedAt) / 1_000_000_000L, venueNewest));
    }
}
