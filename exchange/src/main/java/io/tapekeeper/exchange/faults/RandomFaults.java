package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Draws from a seed what a plan leaves out. */
final class RandomFaults {
    private static final List<Integer> HANDSHAKE = List.of(429, 403, 503);
    private static final List<Integer> STATUSES = List.of(429, 403, 500, 502, 503, 504);
    private static final List<Frame.Trick> TRICKS = List.of(Frame.Trick.values());

    private final SplittableRandom random;

    RandomFaults(long seed) {
        random = new SplittableRandom(seed);
    }

    int number(int below) {
        return random.nextInt(below);
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    Progress trades() {
        return Progress.trades(random.nextInt(100, 2_000));
    }

    Progress requests() {
        return Progress.requests(random.nextInt(2, 20));
    }

    Duration time() {
        return Duration.ofMillis(random.nextInt(200, 2_000));
    }

    Drop.How how() {
        return of(List.of(Drop.How.values()));
    }

    Body.Trick body() {
        return of(List.of(Body.Trick.values()));
    }

    int handshakeStatus() {
        return of(HANDSHAKE);
    }

    int status() {
        return of(STATUSES);
    }

    /** A fault that leaves trades missing on the socket. */
    Fault hole() {
        Schedule when = Schedule.after(trades());
        return switch (number(3)) {
            case 0 -> new Drop(sometimesAgain(when), how());
            case 1 -> new Fault.Silent(when.lasting(Progress.of(time())));
            default -> new Frame(when.lasting(Progress.trades(1 + number(200))), Frame.Trick.SKIP);
        };
    }

    /** Single trades missing on the socket, again and again, for the first of them may come by REST. */
    Fault skips() {
        Schedule when = Schedule.after(trades()).repeated(Progress.trades(100 + number(400)), 20);
        return new Frame(when, Frame.Trick.SKIP);
    }

    /** Any temporary fault of the wire. */
    Fault any() {
        Schedule atTrade = Schedule.after(trades());
        Schedule atRequest = Schedule.after(requests());
        return switch (number(16)) {
            case 0 -> hole();
            case 1 -> new Fault.HalfOpen(atTrade);
            case 2 -> new Fault.Mute(Schedule.after(Progress.connections(1 + number(3))));
            case 3 ->
                new Fault.Refuse(
                        Schedule.after(Progress.connections(1 + number(2))).lasting(Progress.of(time())),
                        handshakeStatus());
            case 4 -> new Fault.Rotate(Duration.ofSeconds(5 + number(20)));
            case 5 -> new Fault.Restart(atTrade, time());
            case 6 -> new Fault.ServerShutdown(atTrade, time());
            case 7 -> new Fault.Drip(atTrade, time());
            case 8 -> new Fault.Burst(atTrade, time());
            case 9 -> new Fault.Clock(atTrade.lasting(Progress.of(time())), step());
            case 10 -> new Fault.Status(sometimesAgain(atRequest), status(), Duration.ofSeconds(1));
            case 11 -> new Body(sometimesAgain(atRequest), body());
            case 12 -> new Fault.Slow(atRequest, time().multipliedBy(5));
            case 13 -> new Fault.Lag(Schedule.AT_ONCE.lasting(Progress.of(time().multipliedBy(10))), time());
            default -> new Frame(sometimesAgain(atTrade), of(TRICKS));
        };
    }

    private Schedule sometimesAgain(Schedule when) {
        return random.nextBoolean()
                ? when
                : when.repeated(when.after().unit() == Progress.Unit.REQUESTS ? requests() : trades(), 2 + number(10));
    }

    Duration step() {
        return random.nextBoolean() ? time() : time().negated();
    }
}
