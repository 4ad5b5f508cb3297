package io.tapekeeper.exchange.faults;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shifts times in JSON as a wrong clock would. */
final class ClockStep {
    private static final int MICROS_DIGITS = 16;

    private ClockStep() {}

    /** The JSON text with the field, in milliseconds or microseconds, shifted. */
    static String shifted(String json, String field, Duration by) {
        Matcher matcher = Pattern.compile("\"" + field + "\":([0-9]+)").matcher(json);
        return matcher.replaceAll(found -> {
            String digits = found.group(1);
            long step = digits.length() >= MICROS_DIGITS ? by.toNanos() / 1_000 : by.toMillis();
            return "\"%s\":%d".formatted(field, Long.parseLong(digits) + step);
        });
    }
}
