package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The faults that a plan can name, and the settings that each takes. What a plan leaves out is drawn from its seed; the
 * order of the draws is part of what a seed means.
 */
final class FaultKinds {
    private static final int MOST = Integer.MAX_VALUE;
    private static final Progress FOR_EVER = new Progress(Progress.Unit.TIME, Long.MAX_VALUE);

    private interface Kind {
        Fault read(FaultSettings plan) throws InvalidPlanException;
    }

    private static final Map<String, Kind> KINDS = new LinkedHashMap<>(); // in the order in which messages list them

    static {
        putSocketFaults();
        putRequestFaults();
        putTapeFaults();
        for (Frame.Trick trick : Frame.Trick.values()) {
            KINDS.put(Fault.kebab(trick), plan -> new Frame(atTrade(plan), trick));
        }
    }

    private FaultKinds() {}

    /** @throws InvalidPlanException if there is no such fault, or a setting is wrong or unknown */
    static Fault read(FaultSettings plan) throws InvalidPlanException {
        Kind kind = KINDS.get(plan.name());
        if (kind == null) {
            throw plan.place()
                    .wrong("there is no fault \"%s\"; there are %s"
                            .formatted(plan.name(), String.join(", ", KINDS.keySet())));
        }
        Fault fault = kind.read(plan);
        plan.checkAllTaken();
        return fault;
    }

    private static void putSocketFaults() {
        KINDS.put(
                "drop",
                plan -> new Drop(
                        atTrade(plan),
                        plan.choice("how", Drop.How.values(), plan.random().how())));
        KINDS.put(
                "silent",
                plan -> new Fault.Silent(plan.window(
                        plan.random().trades(), Progress.of(plan.random().time()))));
        KINDS.put("half-open", plan -> new Fault.HalfOpen(atTrade(plan)));
        KINDS.put("mute", plan -> new Fault.Mute(plan.when(Progress.connections(1))));
        KINDS.put("refuse", plan -> {
            int status = plan.number("status", plan.random().handshakeStatus(), 400, 599);
            Progress lasting = Progress.of(plan.random().time());
            return new Fault.Refuse(plan.window(Progress.connections(1), lasting), status);
        });
        KINDS.put("rotate", plan -> new Fault.Rotate(plan.time("every", Duration.ofMinutes(1))));
        KINDS.put("restart", plan -> lasting(plan, Fault.Restart::new));
        KINDS.put("server-shutdown", plan -> lasting(plan, Fault.ServerShutdown::new));
        KINDS.put("drip", plan -> lasting(plan, Fault.Drip::new));
        KINDS.put("burst", plan -> lasting(plan, Fault.Burst::new));
        KINDS.put("clock", plan -> {
            Duration by = plan.time("by", plan.random().step());
            return new Fault.Clock(plan.window(Progress.trades(0), FOR_EVER), by);
        });
    }

    private static void putRequestFaults() {
        KINDS.put("rest", plan -> {
            int status = plan.number("status", plan.random().status(), 400, 599);
            return new Fault.Status(atRequest(plan), status, plan.time("retry-after", Duration.ofSeconds(1)));
        });
        KINDS.put(
                "body",
                plan -> new Body(
                        atRequest(plan),
                        plan.choice("how", Body.Trick.values(), plan.random().body())));
        KINDS.put("slow", plan -> {
            Duration by = plan.time("by", plan.random().time().multipliedBy(5));
            return new Fault.Slow(atRequest(plan), by);
        });
        KINDS.put(
                "lag",
                plan -> new Fault.Lag(
                        fromTheStart(plan), plan.time("by", plan.random().time())));
        KINDS.put(
                "late-ids",
                plan -> new Fault.LateIds(
                        fromTheStart(plan),
                        plan.number("one-in", 10, 2, MOST),
                        plan.time("by", plan.random().time())));
    }

    private static void putTapeFaults() {
        KINDS.put("blank", plan -> new Fault.Blank(plan.number("one-in", 100, 2, MOST)));
        KINDS.put("venue-holes", plan -> new Fault.VenueHoles(plan.number("one-in", 1_000, 2, MOST)));
        KINDS.put("retention", plan -> new Fault.Retention(plan.number("keep", 1_000, 1, MOST)));
        KINDS.put("halt", plan -> new Fault.Halt(minutes(plan, "after", 1), minutes(plan, "for", 1)));
        KINDS.put("end", plan -> new Fault.End(minutes(plan, "after", 60)));
    }

    private static Schedule atTrade(FaultSettings plan) throws InvalidPlanException {
        return plan.when(plan.random().trades());
    }

    private static Schedule atRequest(FaultSettings plan) throws InvalidPlanException {
        return plan.when(plan.random().requests());
    }

    private static Schedule fromTheStart(FaultSettings plan) throws InvalidPlanException {
        return plan.window(Progress.requests(0), FOR_EVER);
    }

    /** Reads a fault for which {@code for} is the length of the effect; each strike hits one trade. */
    private static Fault lasting(FaultSettings plan, BiFunction<Schedule, Duration, Fault> fault)
            throws InvalidPlanException {
        Duration length = plan.time("for", plan.random().time());
        return fault.apply(atTrade(plan), length);
    }

    private static int minutes(FaultSettings plan, String key, int otherwise) throws InvalidPlanException {
        return plan.number(key, otherwise, 1, 1_000_000);
    }
}
