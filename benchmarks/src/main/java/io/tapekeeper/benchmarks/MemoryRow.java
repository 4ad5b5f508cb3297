package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Resident memory of {@code ./tapekeeper run} with 100 symbols at 20,000 trades a second in all. */
final class MemoryRow implements Row {
    private static final int SYMBOLS = 100;
    private static final int RATE = 20_000;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "100 symbols at 20,000 trades/s in all, everything on";
    }

    @Override
    public int steps(Session session) {
        return 1;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        session.step("tapekeeper run");
        long seconds = session.size().pick(2, 15, 600);
        Path folder = session.folder();
        List<Double> megabytes = new ArrayList<>();
        try (SenderProcess sender = SenderProcess.onSchedule(folder, RATE * seconds, SYMBOLS, RATE, RATE / SYMBOLS, 0);
                Recording recording = Recording.start(session, folder.resolve("memory.db"), sender)) {
            sender.awaitReader();
            sender.begin();
            for (long second = 0; second < seconds; second++) {
                TimeUnit.SECONDS.sleep(1);
                recording.check();
                megabytes.add(recording.residentBytes() / 1e6);
            }
        }
        if (megabytes.getFirst() < 0) {
            session.note("memory: left out, for this system does not tell it in /proc");
            return List.of();
        }
        int half = megabytes.size() / 2;
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(name(), "resident, each second", "MB", megabytes, "< 350"));
        if (half > 0) {
            Figure first = Figure.beside(name(), "", "MB", megabytes.subList(0, half));
            Figure second = Figure.beside(name(), "", "MB", megabytes.subList(half, megabytes.size()));
            figures.add(Figure.of(
                    name(),
                    "growth, median of the second half over the first's",
                    "x",
                    List.of(second.median() / first.median()),
                    "flat"));
        }
        return figures;
    }
}
