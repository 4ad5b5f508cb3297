package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.market.TapeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays all tapes of a source in the order of their times, on one thread of its own, in batches: record how far it has
 * played, show it to REST, send it to the subscribers.
 *
 * <p>At a finite speed events go out when the tape's clock reaches them; a subscriber that has reached its limit before
 * a batch is dropped after it. At {@link Speed#MAX} each batch waits until every subscriber has room again, so that
 * nothing is lost; without a subscriber the tape stands still, for it would end before the first one came.
 */
public final class Player implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Player.class.getName());

    /** Bounds what a batch adds to a subscriber's buffer, about 400 kB. */
    private static final int BATCH = 2_048;

    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(20);

    /** What the tape is doing. */
    public enum State {
        WAITING,
        PLAYING,
        ENDED,
        /** Something broke: the tape stands still, and {@link #failure} says why. */
        FAILED
    }

    private final TapeSource source;
    private final Speed speed;
    private final TapeClock clock;
    private final Streams streams = new Streams();
    private final Broadcaster broadcaster = new Broadcaster();
    private final List<SymbolPlayer> symbols = new ArrayList<>();
    private final long[] lastIds;
    private final Thread thread = new Thread(this::run, "exchange-player");
    private volatile State state = State.WAITING;
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean stopped;
    private volatile boolean startWanted;
    private volatile long playedTime;
    private volatile long sent;
    private volatile long tradesSent;

    /** @param tapes those of the source, or what faults have made of them */
    public Player(TapeSource source, List<? extends SymbolTape> tapes, Speed speed) {
        this.source = source;
        this.speed = speed;
        clock = new TapeClock(source.startTime());
        playedTime = source.startTime();
        for (int i = 0; i < tapes.size(); i++) {
            SymbolPlayer symbol =
                    new SymbolPlayer(tapes.get(i), streams, broadcaster, source.startTime(), speed.isMax());
            symbols.add(symbol);
            if (source.resumesAfter(i) >= 0) {
                symbol.resume(source.resumesAfter(i));
            }
        }
        lastIds = new long[symbols.size()];
        thread.setUncaughtExceptionHandler((ended, fault) -> fail(fault));
        startWanted = !source.waitsForSubscriber();
    }

    public void start() {
        thread.start();
    }

    public TapeSource source() {
        return source;
    }

    public Streams streams() {
        return streams;
    }

    public List<History> histories() {
        return symbols.stream().map(SymbolPlayer::history).toList();
    }

    /** The exchange's time, in microseconds since the epoch. */
    public long time() {
        return clock.now();
    }

    /** The time up to which the tape has been played; never after {@link #time}. */
    public long playedTime() {
        return playedTime;
    }

    public State state() {
        return state;
    }

    /** What broke; present in state {@link State#FAILED}. */
    public Optional<String> failure() {
        return failure;
    }

    public Speed speed() {
        return speed;
    }

    /** Events sent so far, counted once per subscriber. */
    public long sent() {
        return sent;
    }

    /** Trades and aggregates among them. */
    public long tradesSent() {
        return tradesSent;
    }

    /** Starts a recording that waits for its first subscriber. */
    public void begin() {
        startWanted = true;
        wake();
    }

    /** Call this when a subscriber has come, has room again, or has gone. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /** Stops within the batch being played; returns when the thread has ended. */
    @Override
    public void close() {
        stopped = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped && !(startWanted || streams.anyWanted())) {
            LockSupport.parkNanos(LONGEST_REST);
        }
        if (!speed.isMax()) {
            clock.run(source.startTime(), speed.factor());
        }
        state = State.PLAYING;
        while (!stopped) {
            if (speed.isMax() && state != State.ENDED) {
                playFast();
            } else {
                playOnTime();
            }
            if (state == State.PLAYING && symbols.stream().allMatch(SymbolPlayer::ended)) {
                state = State.ENDED;
                clock.run(playedTime, 1);
            }
        }
    }

    /** After an error of ours, or out of memory: the market stands still, and REST keeps serving what was played. */
    private void fail(Throwable fault) {
        state = State.FAILED;
        failure = Optional.of(fault.toString());
        LOG.log(Level.ERROR, "the player has stopped", fault);
    }

    private void playFast() {
        if (!streams.anyWanted()) {
            state = State.WAITING;
            LockSupport.parkNanos(LONGEST_REST);
            return;
        }
        state = State.PLAYING;
        long time = playedTime;
        for (int events = 0; events < BATCH; events++) {
            SymbolPlayer next = earliest();
            time = Math.max(time, next.nextTime());
            next.playNext();
            if (next.ended() && symbols.stream().allMatch(SymbolPlayer::ended)) {
                break;
            }
        }
        clock.stand(time);
        publish(time);
        for (Subscriber subscriber : broadcaster.touched()) {
            subscriber.flush();
            while (!stopped && subscriber.open() && !subscriber.writable()) {
                LockSupport.parkNanos(LONGEST_REST);
            }
        }
        broadcaster.clear();
    }

    private void playOnTime() {
        long now = clock.now();
        long time = playedTime;
        int events = 0;
        SymbolPlayer next = earliest();
        while (events < BATCH && next.nextTime() <= now) {
            time = Math.max(time, next.nextTime());
            next.playNext();
            events++;
            next = earliest();
        }
        publish(next.nextTime() <= now ? time : now);
        for (Subscriber subscriber : broadcaster.touched()) {
            // Judged by what earlier batches left waiting, for this batch alone may be large.
            boolean slow = subscriber.open() && !subscriber.writable();
            subscriber.flush();
            if (slow) {
                subscriber.dropAsSlow();
            }
        }
        broadcaster.clear();
        if (events < BATCH && !stopped) {
            long wait = clock.nanosUntil(next.nextTime());
            if (wait > 0) {
                LockSupport.parkNanos(Math.min(wait, LONGEST_REST));
            }
        }
    }

    private SymbolPlayer earliest() {
        SymbolPlayer first = symbols.getFirst();
        for (int i = 1; i < symbols.size(); i++) {
            if (symbols.get(i).nextTime() < first.nextTime()) {
                first = symbols.get(i);
            }
        }
        return first;
    }

    /** The record comes first: a client that has received a trade finds it played after any restart. */
    private void publish(long time) {
        for (int i = 0; i < lastIds.length; i++) {
            lastIds[i] = symbols.get(i).lastId();
        }
        source.played(time, lastIds);
        symbols.forEach(SymbolPlayer::publish);
        playedTime = time;
        sent = broadcaster.sent();
        tradesSent = broadcaster.trades();
    }
}
