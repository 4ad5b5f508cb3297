package io.tapekeeper.exchange.faults;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event on its way to a client.
 *
 * @param text the payload of its frame
 * @param stream its name, such as {@code btcusdt@trade}
 * @param combined whether the payload wraps the data together with the name of the stream
 */
record Event(String text, String stream, boolean combined) {
    private static final Pattern COMBINED = Pattern.compile("^\\{\"stream\":\"([^\"]+)\"");
    private static final Pattern TYPE = Pattern.compile("\"e\":\"([^\"]+)\"");
    private static final Pattern SYMBOL = Pattern.compile("\"s\":\"([^\"]+)\"");
    private static final Pattern INTERVAL = Pattern.compile("\"i\":\"([^\"]+)\"");

    /** The event in the payload of a frame; empty for the answer to a request. */
    static Optional<Event> in(String text) {
        Matcher combined = COMBINED.matcher(text);
        if (combined.find()) {
            return Optional.of(new Event(text, combined.group(1), true));
        }
        return streamOf(text).map(stream -> new Event(text, stream, false));
    }

    private static Optional<String> streamOf(String text) {
        Matcher symbol = SYMBOL.matcher(text);
        if (!symbol.find()) {
            return Optional.empty();
        }
        Matcher type = TYPE.matcher(text);
        String kind = type.find() ? type.group(1) : "bookTicker"; // the only one without a type
        Matcher interval = INTERVAL.matcher(text);
        if (kind.equals("kline") && interval.find()) {
            kind = "kline_" + interval.group(1);
        }
        return Optional.of(symbol.group(1).toLowerCase(Locale.ROOT) + "@" + kind);
    }

    boolean isTrade() {
        return stream.endsWith("@trade") || stream.endsWith("@aggTrade");
    }

    /** The event time, as written in the text. */
    String time() {
        return text.replaceFirst(".*\"E\":([0-9]+).*", "$1");
    }

    /** The same event with another payload. */
    Event withText(String other) {
        return new Event(other, stream, combined);
    }

    /** Another payload, wrapped as this one is. */
    String wrapped(String name, String data) {
        return combined ? "{\"stream\":\"" + name + "\",\"data\":" + data + "}" : data;
    }
}
