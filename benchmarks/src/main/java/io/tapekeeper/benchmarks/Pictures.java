package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Draws figures as bars, in SVG that needs no script: medians, each with its range of runs. */
final class Pictures {
    private static final int WIDTH = 760;
    private static final int LABEL = 250;
    private static final int ROOM = 110; // for the number behind a bar
    private static final int LINE = 34;

    private record Bar(String label, double low, double value, double high, boolean ours) {}

    private final Report report;

    Pictures(Report report) {
        this.report = report;
    }

    /** One picture for each thing of which there are figures. */
    void writeInto(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(
                folder.resolve("performance-throughput.svg"),
                "Trades a second, from one loopback socket (median, least and most of the runs)",
                report.figures().stream()
                        .filter(figure -> figure.unit().matches("(trades|rows)/s"))
                        .map(figure -> new Bar(
                                figure.what().equals("tapekeeper") ? "tapekeeper, to alerts" : figure.what(),
                                figure.min(),
                                figure.median(),
                                figure.max(),
                                figure.what().startsWith("tapekeeper")
                                        || figure.row().equals("replay")))
                        .toList());
        write(
                folder.resolve("performance-latency.svg"),
                "Frame due to alert seen, at 20,000 trades a second (µs)",
                report.figures().stream()
                        .filter(figure -> figure.row().equals("alert"))
                        .map(figure -> new Bar(figure.what(), figure.min(), figure.median(), figure.max(), true))
                        .toList());
    }

    private static void write(Path file, String title, List<Bar> bars) throws IOException {
        if (bars.isEmpty()) {
            return;
        }
        double most = bars.stream().mapToDouble(Bar::high).max().orElseThrow();
        int height = 50 + bars.size() * LINE;
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
                <rect width="100%%" height="100%%" fill="#fff"/>
                <text x="12" y="26" font-weight="bold">%s</text>
                """.formatted(WIDTH, height, title));
        int y = 44;
        for (Bar bar : bars) {
            double scale = (WIDTH - LABEL - ROOM) / most;
            svg.append(String.format(
                    Locale.ROOT,
                    """
                            <text x="%d" y="%d" text-anchor="end">%s</text>
                            <rect x="%d" y="%d" width="%.1f" height="20" fill="%s"/>
                            <path d="M%.1f %d H%.1f" stroke="#222" stroke-width="2"/>
                            <text x="%.1f" y="%d">%s</text>
                            """,
                    LABEL - 10,
                    y + 15,
                    bar.label,
                    LABEL,
                    y,
                    bar.value * scale,
                    bar.ours ? "#1f77b4" : "#b0b7bf",
                    LABEL + bar.low * scale,
                    y + 10,
                    LABEL + bar.high * scale,
                    LABEL + bar.high * scale + 8,
                    y + 15,
                    Figure.text(bar.value)));
            y += LINE;
        }
        Files.writeString(file, svg.append("</svg>\n"));
    }
}
