package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the lines of one recording; leaves out and counts lines that are not frames. */
final class CaptureLines {
    private static final Logger LOG = System.getLogger(CaptureLines.class.getName());
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,11}(\\.[0-9]{1,40})?");
    private static final long MOST = 1_000_000_000_000_000_000L;
    private static final long LATEST_MILLIS = 9_999_999_999_999L; // in 2286

    private final String name;
    private final Map<String, CaptureBuilder> builders;
    private long startTime = Long.MAX_VALUE;
    private long eventTime = Long.MIN_VALUE;
    private long unreadable;
    private long outOfOrder;

    /**
     * @param name of the recording, for the log
     * @param builders by symbol, shared with the recordings before it
     */
    CaptureLines(String name, Map<String, CaptureBuilder> builders) {
        this.name = name;
        this.builders = builders;
    }

    /** The earliest time of all frames, in microseconds since the epoch; the largest long if no frame has one. */
    long startTime() {
        return startTime;
    }

    void take(String line) {
        Map<String, String> frame = new HashMap<>();
        try {
            parse(line, frame);
            String event = frame.getOrDefault("e", "bookTicker");
            if (frame.containsKey("E")) {
                eventTime = Math.max(eventTime, micros(frame, "E"));
                startTime = Math.min(startTime, eventTime);
            }
            if (event.equals("trade")) {
                outOfOrder += trade(frame) ? 0 : 1;
            } else if (frame.containsKey("u") && event.equals("bookTicker")) {
                quote(frame);
            }
        } catch (JacksonException | IllegalArgumentException | ArithmeticException broken) {
            unreadable++;
            LOG.log(Level.DEBUG, "unreadable line in " + name + ": " + line, broken);
        }
    }

    /** Logs how many lines and trades were left out, if any. */
    void tell() {
        if (unreadable + outOfOrder > 0) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} unreadable lines and {2} trades whose ids do not go on were left out",
                    name,
                    unreadable,
                    outOfOrder);
        }
    }

    /** Reads the plain fields of the frame's data; skips lists (the levels of a book). */
    private static void parse(String line, Map<String, String> fields) {
        int blank = line.indexOf(' ');
        if (blank < 0) {
            throw new IllegalArgumentException("no receive time and frame");
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line.substring(blank + 1))) {
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

    private boolean trade(Map<String, String> frame) {
        RawTrade trade = new RawTrade(
                number(frame, "t"),
                decimal(frame, "p"),
                decimal(frame, "q"),
                micros(frame, "T"),
                Boolean.parseBoolean(field(frame, "m")));
        return builder(frame).trade(trade, Math.max(eventTime, trade.time()));
    }

    private void quote(Map<String, String> frame) {
        if (eventTime == Long.MIN_VALUE) {
            return; // before the first frame with a time, its time is unknown
        }
        builder(frame)
                .quote(new Quote(
                        0,
                        eventTime,
                        number(frame, "u"),
                        decimal(frame, "b"),
                        decimal(frame, "B"),
                        decimal(frame, "a"),
                        decimal(frame, "A")));
    }

    private CaptureBuilder builder(Map<String, String> frame) {
        return builders.computeIfAbsent(field(frame, "s"), CaptureBuilder::new);
    }

    private static String field(Map<String, String> frame, String name) {
        String value = frame.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    /** A whole number that leaves room to count on from it. */
    private static long number(Map<String, String> frame, String name) {
        return checked(Long.parseLong(field(frame, name)), MOST, name);
    }

    private static long micros(Map<String, String> frame, String name) {
        return 1_000 * checked(Long.parseLong(field(frame, name)), LATEST_MILLIS, name);
    }

    /** A plain decimal in units of 1e-8, which must hold it exactly. */
    private static long decimal(Map<String, String> frame, String name) {
        String text = field(frame, name);
        if (!DECIMAL.matcher(text).matches()) {
            throw new IllegalArgumentException("%s is %s".formatted(name, text));
        }
        return new BigDecimal(text).movePointRight(8).longValueExact();
    }

    private static long checked(long value, long most, String name) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("%s is %d".formatted(name, value));
        }
        return value;
    }
}
