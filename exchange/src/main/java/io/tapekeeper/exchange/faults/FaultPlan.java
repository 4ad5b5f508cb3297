package io.tapekeeper.exchange.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * What goes wrong in a run of the exchange.
 *
 * @param seed of everything random in carrying the plan out
 */
public record FaultPlan(long seed, List<Fault> faults) {
    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(0, List.of());

    public FaultPlan {
        faults = List.copyOf(faults);
    }

    public static FaultPlan of(long seed, Fault... faults) {
        return new FaultPlan(seed, List.of(faults));
    }

    /**
     * A mixture drawn from the seed. At least two of its faults leave gaps on the sockets: one drops the connection, is
     * silent or skips trades; another skips single trades while a socket stays open, which only a client that checks
     * ids can notice. A patient client can still get the whole tape: no fault is of the tape itself, and no refusal is
     * permanent.
     */
    public static FaultPlan random(long seed) {
        RandomFaults draw = new RandomFaults(seed);
        List<Fault> faults = new ArrayList<>();
        faults.add(draw.hole());
        faults.add(draw.skips());
        for (int more = 2 + draw.number(4); more > 0; more--) {
            faults.add(draw.any());
        }
        return new FaultPlan(seed, faults);
    }

    public boolean isEmpty() {
        return faults.isEmpty();
    }

    /** The faults of a kind, in the order of the plan. */
    <F extends Fault> List<F> all(Class<F> kind) {
        return faults.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
