package io.tapekeeper.exchange.faults;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tapekeeper.exchange.faults.Progress.Unit;
import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.Played;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.SymbolTape;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A plan being carried out. Thread-safe. */
public final class Faults {
    private static final int SAMPLES_PER_LAG = 50;

    /** A fault of the wire, and what it waits for. */
    record Armed(Fault.OnWire fault, Trigger trigger) {}

    private record Sample(long nanos, Played played) {}

    private final FaultPlan plan;
    private final List<Armed> armed;
    private final Map<History, Deque<Sample>> past = new HashMap<>(); // filled at the start
    private final Map<String, FaultyTape> tapes = new HashMap<>(); // filled at the start
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicLong firstContact = new AtomicLong();
    private volatile Consumer<Duration> restart = down -> {};

    public Faults(FaultPlan plan) {
        this.plan = plan;
        armed = plan.all(Fault.OnWire.class).stream()
                .map(fault -> new Armed(fault, new Trigger(fault.when(), this::elapsed)))
                .toList();
    }

    private long elapsed() {
        long first = firstContact.get();
        return first == 0 ? 0 : System.nanoTime() - first;
    }

    /** The tapes of a source as the plan's faults of the tape alter them. */
    public List<? extends SymbolTape> alter(List<? extends SymbolTape> all) {
        if (plan.all(Fault.OnTape.class).stream().allMatch(Fault.Retention.class::isInstance)) {
            return all;
        }
        List<FaultyTape> altered =
                all.stream().map(tape -> new FaultyTape(tape, plan)).toList();
        altered.forEach(tape -> tapes.put(tape.listing().symbol(), tape));
        return altered;
    }

    /**
     * Begins to remember the recent past, if a fault needs it.
     *
     * @param restart closes the port for a given time; called on any event loop
     */
    public void start(List<History> histories, ScheduledExecutorService timer, Consumer<Duration> restart) {
        this.restart = restart;
        Optional<Duration> longest = plan.all(Fault.OnDatabase.class).stream()
                .map(Fault.OnDatabase::by)
                .max(Duration::compareTo);
        if (longest.isEmpty()) {
            return;
        }
        histories.forEach(history -> past.put(history, new ArrayDeque<>()));
        long lag = Math.max(longest.get().toNanos(), TimeUnit.MILLISECONDS.toNanos(1));
        var unused = timer.scheduleAtFixedRate(
                () -> past.forEach((history, samples) -> sample(history, samples, lag)),
                0,
                lag / SAMPLES_PER_LAG,
                TimeUnit.NANOSECONDS);
    }

    private static void sample(History history, Deque<Sample> samples, long lag) {
        synchronized (samples) {
            long now = System.nanoTime();
            samples.addLast(new Sample(now, history.played()));
            while (samples.size() > 1 && now - samples.getFirst().nanos > 2 * lag) {
                samples.removeFirst();
            }
        }
    }

    /** Whether connections need {@link HttpFaults}. */
    public boolean onWire() {
        return !armed.isEmpty();
    }

    /** The history as the database endpoints show it now. */
    public History database(History live) {
        if (armed.isEmpty()) {
            return retained(live);
        }
        Played then = live.played();
        Predicate<Print> late = print -> false;
        for (Armed one : armed) {
            if (one.fault() instanceof Fault.OnDatabase fault && one.trigger().hits()) {
                Played before = before(live, fault.by(), then);
                switch (fault) {
                    case Fault.Lag lag -> then = before;
                    case Fault.LateIds ids -> late = late.or(print -> isLate(print, ids, before));
                }
            }
        }
        return live.seen(then, keep()).without(late);
    }

    /** Whether an id is late depends only on the plan's seed and the id. */
    private boolean isLate(Print print, Fault.LateIds late, Played before) {
        boolean news = before.last().map(last -> print.time() > last.time()).orElse(true);
        long mixed = (print.id() ^ plan.seed()) * 0x9E3779B97F4A7C15L; // from the golden ratio
        return news && Long.remainderUnsigned(mixed >>> 32, late.oneIn()) == 0;
    }

    /** The history without what a forgetful venue no longer has. */
    public History retained(History live) {
        long keep = keep();
        return keep == Long.MAX_VALUE ? live : live.seen(live.played(), keep);
    }

    private long keep() {
        return plan.all(Fault.Retention.class).stream()
                .mapToLong(Fault.Retention::keep)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private Played before(History live, Duration by, Played otherwise) {
        Deque<Sample> samples = past.get(live);
        synchronized (samples) {
            long latest = System.nanoTime() - by.toNanos();
            Played found = samples.isEmpty() ? otherwise : samples.getFirst().played;
            for (Sample sample : samples) {
                if (sample.nanos - latest <= 0) {
                    found = sample.played;
                }
            }
            return found;
        }
    }

    /** Ids of a symbol's tape that were played but are missing; empty if the plan cannot lose any. */
    public MissingIds missing(History history) {
        FaultyTape tape = tapes.get(history.listing().symbol());
        return tape == null ? MissingIds.NONE : tape.missing(history.played());
    }

    /** Strikes of each fault of the plan so far, by its name. */
    public Map<String, Long> injected() {
        Map<String, Long> counts = new TreeMap<>();
        for (Armed one : armed) {
            counts.merge(one.fault().name(), one.trigger().strikes(), Long::sum);
        }
        return counts;
    }

    long seed() {
        return plan.seed();
    }

    List<Armed> on(Class<? extends Fault.OnWire> kind) {
        return armed.stream().filter(one -> kind.isInstance(one.fault())).toList();
    }

    void contact(Channel connection) {
        firstContact.compareAndSet(0, Math.max(1, System.nanoTime()));
        connections.add(connection);
    }

    void count(Unit unit, String name) {
        for (Armed one : armed) {
            one.trigger().count(unit, name);
        }
    }

    void restart(Duration down) {
        restart.accept(down);
        // From the end next to the wire, so that a half-open connection cannot swallow it.
        for (var connection : connections) {
            var unused = connection.pipeline().firstContext().close();
        }
    }
}
