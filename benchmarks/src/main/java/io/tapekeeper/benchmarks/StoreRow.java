package io.tapekeeper.benchmarks;

import io.tapekeeper.benchmarks.sender.Sender;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Socket → durable SQLite with everything on: {@code ./tapekeeper run}, from the first trade that another process can
 * read to the last; beside it the bare insert. Then the same tape from the store through everything, a replay.
 */
final class StoreRow implements Row {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);

    private static final long LOOK_MILLIS = 5;
    private static final int PATIENCE_SECONDS = 600;

    private record Stored(double tradesPerSecond, String cpu) {}

    @Override
    public String name() {
        return "store";
    }

    @Override
    public String title() {
        return "socket to durable SQLite, everything on; and back as a replay";
    }

    @Override
    public int steps(Session session) {
        return session.runs() * 3;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        long trades = session.size().pick(20_000, 1_500_000, 10_000_000);
        List<Double> ours = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        List<Double> replay = new ArrayList<>();
        for (int run = 1; run <= session.runs(); run++) {
            Path db = session.folder().resolve("store-" + run + ".db");
            session.step("tapekeeper run");
            Stored stored = record(session, db, trades);
            ours.add(stored.tradesPerSecond);
            if (run == session.runs()) {
                session.note("store: of one processor took " + stored.cpu);
            }
            session.step("bare insert");
            Path bareDb = session.folder().resolve("bare-" + run + ".db");
            bare.add(child(session, BareInsert.class, "rows-per-second", bareDb, trades));
            Files.deleteIfExists(bareDb);
            session.step("replay");
            replay.add(child(session, StoreToTape.class, "trades-per-second", db));
            Files.deleteIfExists(db);
        }
        return List.of(
                Figure.of(name(), "tapekeeper run", "trades/s", ours, ">= 600,000"),
                Figure.beside(name(), "bare SQLite insert", "rows/s", bare),
                Figure.ratio(name(), "tapekeeper / bare insert", ours, bare, ">= 0.6"),
                Figure.of("replay", "from the store", "trades/s", replay, ">= 2,000,000"));
    }

    private static double child(Session session, Class<?> child, String figure, Object... arguments)
            throws IOException, InterruptedException {
        try (Program program = Program.start(session.folder(), child.getName(), List.of(), arguments)) {
            return program.figures(PATIENCE_SECONDS).get(figure);
        }
    }

    private static Stored record(Session session, Path db, long trades) throws IOException, InterruptedException {
        long last = Sender.FIRST_ID + trades - 1;
        try (SenderProcess sender = SenderProcess.atOnce(session.folder(), trades);
                Recording recording = Recording.start(session, db, sender);
                History history = await(db, recording)) {
            Recording.Cpu before = recording.cpu();
            long began = System.nanoTime(); // of the last look that found nothing
            OptionalLong stored = history.lastTradeId(TAPE);
            while (stored.orElse(-1) != last) {
                recording.check();
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                long now = System.nanoTime();
                stored = history.lastTradeId(TAPE);
                began = stored.isEmpty() ? now : began;
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            return new Stored(trades / seconds, recording.cpu().since(before));
        }
    }

    /** The store may be opened once its maker has made it. */
    private static History await(Path db, Recording recording) throws IOException, InterruptedException {
        while (true) {
            try {
                return History.open(db);
            } catch (StoreException e) {
                recording.check();
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }
}
