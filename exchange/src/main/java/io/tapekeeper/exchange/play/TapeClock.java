package io.tapekeeper.exchange.play;

/**
 * The time on the tape, in microseconds since the epoch: it stands still, or runs from an anchor at a multiple of local
 * monotonic time. The player thread sets it; any thread may read it.
 */
public final class TapeClock {
    /** @param speed tape seconds per second; 0 while the clock stands still */
    private record Anchor(long tape, long nanos, double speed) {}

    private volatile Anchor anchor;

    TapeClock(long tape) {
        anchor = new Anchor(tape, 0, 0);
    }

    public long now() {
        Anchor a = anchor;
        return a.speed == 0 ? a.tape : a.tape + (long) ((System.nanoTime() - a.nanos) / 1_000.0 * a.speed);
    }

    void stand(long tape) {
        anchor = new Anchor(tape, 0, 0);
    }

    void run(long tape, double speed) {
        anchor = new Anchor(tape, System.nanoTime(), speed);
    }

    /** Local nanoseconds until the tape shows {@code tape}; the clock must run. */
    long nanosUntil(long tape) {
        return (long) ((tape - now()) / anchor.speed * 1_000);
    }
}
