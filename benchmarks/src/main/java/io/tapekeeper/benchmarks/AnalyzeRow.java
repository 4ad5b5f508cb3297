package io.tapekeeper.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** {@code ./tapekeeper analyze} of a generated file, from the start of the process to its end. */
final class AnalyzeRow implements Row {
    private static final int PATIENCE_SECONDS = 600;

    @Override
    public String name() {
        return "analyze";
    }

    @Override
    public String title() {
        return "a CSV of time,price to features, signal and alerts; heap of 256 MB";
    }

    @Override
    public int steps(Session session) {
        return 1 + session.runs();
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        long lines = session.size().pick(2_000, 2_000_000, 10_000_000);
        Path prices = session.folder().resolve("prices.csv");
        Path rows = session.folder().resolve("features.csv");
        session.step("writing the file");
        write(prices, lines);
        List<Double> speeds = new ArrayList<>();
        for (int run = 1; run <= session.runs(); run++) {
            session.step("tapekeeper analyze");
            long began = System.nanoTime();
            try (Program program = Program.tapekeeper(session, "-Xmx256m", "analyze", prices, "--out=" + rows)) {
                program.figures(PATIENCE_SECONDS);
            }
            speeds.add(lines / ((System.nanoTime() - began) / 1e9));
        }
        Files.delete(prices);
        Files.delete(rows);
        return List.of(Figure.of(name(), "whole process", "lines/s", speeds, ">= 3,000,000"));
    }

    /** A random walk in ticks of 0.01, a line each second. */
    private static void write(Path file, long lines) throws IOException {
        Random random = new Random(10);
        long cents = 6_100_000;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("time,price\n");
            for (long line = 0; line < lines; line++) {
                cents = Math.max(100, cents + Math.round(random.nextGaussian() * 200));
                out.write(Long.toString(1_719_500_000L + line));
                out.write(',');
                out.write(Long.toString(cents / 100));
                out.write(cents % 100 < 10 ? ".0" : ".");
                out.write(Long.toString(cents % 100));
                out.write('\n');
            }
        }
    }
}
