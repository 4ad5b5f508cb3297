package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.market.KlineInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parameters of one request, checked in the order of the real exchange and refused in its words. */
final class Query {
    /** Larger times are microseconds: in milliseconds this is the year 5138. */
    private static final long FIRST_MICROS = 100_000_000_000_000L;

    private static final long EARLIEST = 1_483_228_800_000_000L; // 2017-01-01, in microseconds
    private static final long FURTHEST_AHEAD = 10_000_000L;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
    private static final Pattern SYMBOL = Pattern.compile("[\\p{Lu}\\p{Lo}0-9\\-_.]{1,50}");
    private static final Pattern SYMBOLS = Pattern.compile("\\[(\"[^\",\\[\\]]+\"(,\"[^\",\\[\\]]+\")*)?]");
    private static final Pattern ZONE = Pattern.compile("([+-]?)([0-9]{1,2})(?::([0-9]{2}))?");

    private final Map<String, List<String>> values;

    /** @param known the parameters that the endpoint reads */
    Query(Map<String, List<String>> values, Set<String> known) throws RequestRefusedException {
        this.values = values;
        if (known.isEmpty() && !values.isEmpty()) {
            throw new RequestRefusedException(
                    -1101, "Too many parameters; expected '0' and received '%d'.".formatted(values.size()));
        }
        for (var value : values.entrySet()) {
            if (value.getValue().size() > 1) {
                throw new RequestRefusedException(
                        -1101, "Duplicate values for parameter '%s' detected.".formatted(value.getKey()));
            }
        }
        long read = values.keySet().stream().filter(known::contains).count();
        if (read < values.size()) {
            throw new RequestRefusedException(
                    -1104,
                    "Not all sent parameters were read; read '%d' parameter(s) but was sent '%d'."
                            .formatted(read, values.size()));
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Optional<String> text(String name) throws RequestRefusedException {
        if (!has(name)) {
            return Optional.empty();
        }
        String value = values.get(name).getFirst();
        if (value.isEmpty()) {
            throw new RequestRefusedException(-1105, "Parameter '%s' was empty.".formatted(name));
        }
        return Optional.of(value);
    }

    String mandatory(String name) throws RequestRefusedException {
        if (!has(name) || values.get(name).getFirst().isEmpty()) {
            throw new RequestRefusedException(
                    -1102, "Mandatory parameter '%s' was not sent, was empty/null, or malformed.".formatted(name));
        }
        return values.get(name).getFirst();
    }

    String symbol() throws RequestRefusedException {
        return legalSymbol("symbol", mandatory("symbol"));
    }

    /** The names in {@code symbols}, a JSON array. */
    List<String> symbols() throws RequestRefusedException {
        String array = mandatory("symbols").replace(" ", "");
        if (!SYMBOLS.matcher(array).matches()) {
            throw illegal("symbols", "^\\\\[(\"[A-Z0-9-_.]{1,50}\"(,\"[A-Z0-9-_.]{1,50}\"){0,}){0,1}\\\\]$");
        }
        List<String> names = new ArrayList<>();
        for (String quoted : array.substring(1, array.length() - 1).split(",", -1)) {
            if (!quoted.isEmpty()) {
                String name = legalSymbol("symbols", quoted.substring(1, quoted.length() - 1));
                if (names.contains(name)) {
                    throw new RequestRefusedException(-1151, "Symbol is present multiple times in the list.");
                }
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new RequestRefusedException(-1105, "Parameter 'symbols' was empty.");
        }
        return names;
    }

    private static String legalSymbol(String parameter, String name) throws RequestRefusedException {
        if (!SYMBOL.matcher(name).matches()) {
            throw illegal(parameter, "^[A-Z0-9-_.]{1,50}$");
        }
        return name;
    }

    private static RequestRefusedException illegal(String parameter, String range) {
        return new RequestRefusedException(
                -1100, "Illegal characters found in parameter '%s'; legal range is '%s'.".formatted(parameter, range));
    }

    static RequestRefusedException invalid(String parameter) {
        return new RequestRefusedException(-1130, "Data sent for parameter '%s' is not valid.".formatted(parameter));
    }

    OptionalLong number(String name) throws RequestRefusedException {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!NUMBER.matcher(value.get()).matches()) {
            throw illegal(name, "^[0-9]{1,20}$");
        }
        try {
            return OptionalLong.of(Long.parseLong(value.get()));
        } catch (NumberFormatException beyondLong) {
            throw invalid(name);
        }
    }

    /** The {@code limit}, cut to {@code most}. */
    int limit(int otherwise, int most) throws RequestRefusedException {
        long limit = number("limit").orElse(otherwise);
        if (limit == 0) {
            throw invalid("limit");
        }
        return (int) Math.min(limit, most);
    }

    /** A time sent in milliseconds or microseconds, as microseconds, clamped; {@code otherwise} if not sent. */
    long time(String name, long otherwise, long now) throws RequestRefusedException {
        OptionalLong sent = number(name);
        if (sent.isEmpty()) {
            return otherwise;
        }
        long time = sent.getAsLong();
        long micros = time >= FIRST_MICROS ? time : 1_000 * time;
        return Math.clamp(micros, EARLIEST, Math.max(EARLIEST, now + FURTHEST_AHEAD));
    }

    KlineInterval interval() throws RequestRefusedException {
        return KlineInterval.named(mandatory("interval"))
                .orElseThrow(() -> new RequestRefusedException(-1120, "Invalid interval."));
    }

    /** {@code timeZone} as microseconds ahead of UTC. */
    long zone() throws RequestRefusedException {
        String text = text("timeZone").orElse("0");
        Matcher matcher = ZONE.matcher(text);
        if (matcher.matches()) {
            long minutes = 60L * Integer.parseInt(matcher.group(2))
                    + (matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)));
            long ahead = matcher.group(1).equals("-") ? -minutes : minutes;
            if (ahead >= -12 * 60 && ahead <= 14 * 60) {
                return ahead * 60_000_000L;
            }
        }
        throw invalid("timeZone");
    }
}
