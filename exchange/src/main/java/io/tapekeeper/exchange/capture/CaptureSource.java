package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.market.Decimals;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Recordings of combined-stream frames, a line each: receive time in epoch nanoseconds, a blank,
 * the frame. Trades and best quotes are played, at the times of the exchange (E, never going back);
 * order-book frames only move that clock. Of several recordings of one symbol the trades must go on
 * by id; what does not is left out and counted in the log, as is a line that is no frame.
 *
 * <p>Aggregate ids start at the first raw id of a symbol, so that they are the same at every start
 * and never meet those of a later recording.
 */
public final class CaptureSource implements TapeSource {
    private static final Logger LOG = System.getLogger(CaptureSource.class.getName());
    private static final JsonFactory JSON = new JsonFactory();

    private final List<Path> files;
    private final List<CapturedTape> tapes;
    private long startTime = Long.MAX_VALUE;

    /**
     * @throws UnusableSourceException where a file cannot be read or none has a trade
     */
    public CaptureSource(List<Path> files) throws UnusableSourceException {
        this.files = List.copyOf(files);
        Map<String, CaptureBuilder> builders = new LinkedHashMap<>();
        for (Path file : files) {
            read(file, builders);
        }
        tapes =
                builders.values().stream()
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
        return files.stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.joining(", "));
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
        // A recording is played from its first event at each start, so there is nothing to keep.
    }

    @Override
    public void close() {
        // Everything is in memory.
    }

    private void read(Path file, Map<String, CaptureBuilder> builders)
            throws UnusableSourceException {
        long eventTime = Long.MIN_VALUE;
        long unreadable = 0;
        long outOfOrder = 0;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(open(file), StandardCharsets.UTF_8), 1 << 16)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, String> frame = new HashMap<>();
                try {
                    parse(line, frame);
                    String event = frame.getOrDefault("e", "bookTicker");
                    if (frame.containsKey("E")) {
                        eventTime = Math.max(eventTime, 1_000 * Long.parseLong(frame.get("E")));
                        startTime = Math.min(startTime, eventTime);
                    }
                    if (event.equals("trade")) {
                        outOfOrder += trade(frame, eventTime, builders) ? 0 : 1;
                    } else if (frame.containsKey("u") && event.equals("bookTicker")) {
                        quote(frame, eventTime, builders);
                    }
                } catch (JacksonException | IllegalArgumentException broken) {
                    unreadable++;
                    LOG.log(Level.DEBUG, "unreadable line in " + file + ": " + line, broken);
                }
            }
        } catch (NoSuchFileException e) {
            throw new UnusableSourceException(
                    "There is no recording %s; check the name.".formatted(file), e);
        } catch (IOException e) {
            throw new UnusableSourceException(
                    "The recording %s cannot be read: %s; check the file."
                            .formatted(file, e.getMessage()),
                    e);
        }
        if (unreadable + outOfOrder > 0) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} unreadable lines and {2} trades whose ids do not go on were left out",
                    file,
                    unreadable,
                    outOfOrder);
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
    }

    /**
     * The plain fields of the frame's data; a frame's lists (the levels of a book) are left out.
     */
    private static void parse(String line, Map<String, String> fields) {
        int blank = line.indexOf(' ');
        if (blank < 0) {
            throw new IllegalArgumentException("no receive time and frame");
        }
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), line.substring(blank + 1))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no JSON object");
            }
            int depth = 1;
            while (depth > 0) {
                JsonToken token = parser.nextToken();
                switch (token) {
                    case null -> throw new IllegalArgumentException("ends early");
                    case START_OBJECT -> depth++;
                    case END_OBJECT -> depth--;
                    case START_ARRAY -> parser.skipChildren();
                    case PROPERTY_NAME, END_ARRAY -> {}
                    default -> fields.put(parser.currentName(), parser.getString());
                }
            }
        }
    }

    private static boolean trade(
            Map<String, String> frame, long eventTime, Map<String, CaptureBuilder> builders) {
        RawTrade trade =
                new RawTrade(
                        number(frame, "t"),
                        decimal(frame, "p"),
                        decimal(frame, "q"),
                        1_000 * number(frame, "T"),
                        Boolean.parseBoolean(field(frame, "m")));
        return builder(frame, builders).trade(trade, Math.max(eventTime, trade.time()));
    }

    private void quote(
            Map<String, String> frame, long eventTime, Map<String, CaptureBuilder> builders) {
        if (eventTime == Long.MIN_VALUE) {
            return; // before the first frame with a time there is no saying when it came
        }
        builder(frame, builders)
                .quote(
                        eventTime,
                        number(frame, "u"),
                        decimal(frame, "b"),
                        decimal(frame, "B"),
                        decimal(frame, "a"),
                        decimal(frame, "A"));
    }

    private static CaptureBuilder builder(
            Map<String, String> frame, Map<String, CaptureBuilder> builders) {
        return builders.computeIfAbsent(field(frame, "s"), CaptureBuilder::new);
    }

    private static String field(Map<String, String> frame, String name) {
        String value = frame.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    private static long number(Map<String, String> frame, String name) {
        return Long.parseLong(field(frame, name));
    }

    private static long decimal(Map<String, String> frame, String name) {
        return Decimals.parse(field(frame, name));
    }
}
