package io.tapekeeper.dashboard;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What stands in an address after its question mark. */
record Query(Map<String, String> values) {
    /** More than any address of the API has. */
    private static final int MOST_PARTS = 16;

    /** The request asks for what cannot be; the message says what to do instead. */
    static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        BadRequest(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** @param raw as the address has it; null where it has none */
    static Query parse(String raw) throws BadRequest {
        Map<String, String> values = new HashMap<>();
        for (String part : raw == null ? new String[0] : raw.split("&", MOST_PARTS)) {
            int equals = part.indexOf('=');
            if (equals >= 0) {
                values.put(part.substring(0, equals), decoded(part.substring(equals + 1)));
            }
        }
        return new Query(values);
    }

    private static String decoded(String value) throws BadRequest {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequest(400, "The address has a broken percent escape.");
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value of that name, or null. */
    String text(String name) {
        return values.get(name);
    }

    /** The value of that name as a whole number from {@code least} to {@code most}; {@code otherwise} without one. */
    long number(String name, long otherwise, long least, long most) throws BadRequest {
        return number(name, values.get(name), otherwise, least, most);
    }

    /** The same of a value that comes from elsewhere, such as a header; {@code otherwise} where it is null. */
    static long number(String name, String value, long otherwise, long least, long most) throws BadRequest {
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The sentence below says what would be right.
        }
        throw new BadRequest(400, "%s must be a whole number from %d to %d.".formatted(name, least, most));
    }
}
