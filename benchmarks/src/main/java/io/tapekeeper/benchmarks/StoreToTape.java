package io.tapekeeper.benchmarks;

import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import java.nio.file.Path;

/** Store → Sequencer → bars, features, alerts: a replay. A process of its own. */
final class StoreToTape {
    private StoreToTape() {}

    /** Argument: the store's file. */
    public static void main(String[] args) {
        Unstored tape = new Unstored();
        long began = System.nanoTime();
        try (History history = History.open(Path.of(args[0]))) {
            Series series = history.series().getFirst();
            history.trades(series.tape(), 0, trade -> tape.offer(trade, 0));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println("trades-per-second " + tape.trades() / seconds);
        tape.report();
    }
}
