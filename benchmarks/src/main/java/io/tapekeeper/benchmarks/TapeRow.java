package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Socket → tape, bars, features, alerts, nothing stored; beside it a reader that only counts, and XChange, which ends
 * with a trade object, where its jars are there.
 */
final class TapeRow implements Row {
    private static final String XCHANGE = "io.tapekeeper.clients.XChangeTrades";
    private static final int PATIENCE_SECONDS = 600;

    /** Where module {@code clients} keeps the jars of others; null = they were not built. */
    private final Path peers;

    TapeRow(Path peers) {
        this.peers = peers;
    }

    @Override
    public String name() {
        return "tape";
    }

    @Override
    public String title() {
        return "socket to tape, bars, features and alerts; nothing stored";
    }

    @Override
    public int steps(Session session) {
        return session.runs() * (hasXChange() ? 3 : 2);
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        long trades = session.size().pick(20_000, 3_000_000, 20_000_000);
        long xchangeTrades = session.size().pick(2_000, 400_000, 2_000_000);
        List<Double> bare = new ArrayList<>();
        List<Double> bareBytes = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> warm = new ArrayList<>();
        List<Double> garbage = new ArrayList<>();
        List<Double> xchange = new ArrayList<>();
        for (int run = 1; run <= session.runs(); run++) {
            session.step("bare reader");
            Map<String, Double> counted = read(session, trades, CountingReader.class);
            bare.add(counted.get("trades-per-second"));
            bareBytes.add(counted.get("bytes-per-second") / 1e6);
            session.step("tapekeeper");
            Map<String, Double> read = read(session, trades, SocketToTape.class);
            ours.add(read.get("trades-per-second"));
            warm.add(read.get("trades-per-second-warm"));
            garbage.add(read.get("bytes-per-trade"));
            if (hasXChange()) {
                session.step("xchange");
                xchange.add(readByXChange(session, xchangeTrades));
            }
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(name(), "tapekeeper", "trades/s", ours, ">= 2,000,000"));
        figures.add(Figure.beside(name(), "tapekeeper, second half", "trades/s", warm));
        figures.add(Figure.beside(name(), "reader that only counts", "trades/s", bare));
        figures.add(Figure.beside(name(), "reader that only counts", "MB/s", bareBytes));
        if (hasXChange()) {
            figures.add(Figure.beside(name(), "xchange-stream-binance", "trades/s", xchange));
            figures.add(Figure.ratio(name(), "tapekeeper / xchange", ours, xchange, ">= 10"));
        } else {
            session.note("tape: xchange-stream-binance is left out, for its jars are not here; mvn"
                    + " -Pclients -pl clients -am package -DskipTests fetches them");
        }
        figures.add(Figure.of(name(), "garbage, second half", "bytes/trade", garbage, "0"));
        return figures;
    }

    private boolean hasXChange() {
        return peers != null && Files.isDirectory(peers);
    }

    private static Map<String, Double> read(Session session, long trades, Class<?> reader)
            throws IOException, InterruptedException {
        try (SenderProcess sender = SenderProcess.atOnce(session.folder(), trades);
                Program program = Program.start(session.folder(), reader.getName(), List.of(), sender.port(), trades)) {
            return program.figures(PATIENCE_SECONDS);
        }
    }

    private double readByXChange(Session session, long trades) throws IOException, InterruptedException {
        try (SenderProcess sender = SenderProcess.atOnce(session.folder(), trades);
                Program program =
                        Program.peer(session.folder(), peers.toAbsolutePath() + "/*", XCHANGE, sender.port(), trades)) {
            return program.figures(PATIENCE_SECONDS).get("trades-per-second");
        }
    }
}
