package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.market.UnusableSourceException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Recordings of combined-stream frames, a line each: receive time in epoch nanoseconds, a blank, the frame. Trades and
 * best quotes are played, at the times of the exchange (E, never going back); order-book frames only move that clock.
 * Trade ids must rise from one recording of a symbol to the next; trades whose ids do not, and lines that are not
 * frames, are left out and counted in the log.
 *
 * <p>Aggregate ids start at the first raw id of a symbol, so that they are the same at every start and never collide
 * with those of a later recording.
 */
public final class CaptureSource implements TapeSource {
    private final List<Path> files;
    private final List<CapturedTape> tapes;
    private long startTime = Long.MAX_VALUE;

    /** @throws UnusableSourceException where a file cannot be read or none has a trade */
    public CaptureSource(List<Path> files) throws UnusableSourceException {
        this.files = List.copyOf(files);
        Map<String, CaptureBuilder> builders = new LinkedHashMap<>();
        for (Path file : files) {
            read(file, builders);
        }
        tapes = builders.values().stream()
                .filter(CaptureBuilder::hasTraded)
                .map(CaptureBuilder::build)
                .toList();
        if (tapes.isEmpty()) {
            throw new UnusableSourceException(
                    "No trade frame was found in %s; give a recording with lines of a receive time and a combined-stream frame."
                            .formatted(detail()));
        }
    }

    @Override
    public String kind() {
        return "capture";
    }

    @Override
    public String detail() {
        return files.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "));
    }

    @Override
    public List<? extends SymbolTape> tapes() {
        return tapes;
    }

    @Override
    public long startTime() {
        return startTime;
    }

    @Override
    public boolean waitsForSubscriber() {
        return true;
    }

    @Override
    public long resumesAfter(int tape) {
        return -1;
    }

    @Override
    public void played(long tapeTime, long[] lastIds) {
        // A recording is played from its first event at each start, so there is nothing to record.
    }

    @Override
    public void close() {
        // Everything is in memory.
    }

    private void read(Path file, Map<String, CaptureBuilder> builders) throws UnusableSourceException {
        CaptureLines capture = new CaptureLines(file.toString(), builders);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8), 1 << 16)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                capture.take(line);
            }
        } catch (NoSuchFileException e) {
            throw new UnusableSourceException("There is no recording %s; check the name.".formatted(file), e);
        } catch (IOException e) {
            throw new UnusableSourceException(
                    "The recording %s cannot be read: %s; check the file.".formatted(file, e.getMessage()), e);
        }
        startTime = Math.min(startTime, capture.startTime());
        capture.tell();
    }

    private static InputStream open(Path file) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
    }
}
