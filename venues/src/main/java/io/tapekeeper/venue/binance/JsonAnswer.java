package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.venue.VenueException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A part of a JSON answer. Every accessor throws a BAD_ANSWER where the part is not what Binance promises.
 *
 * @param origin where the answer came from, for the message
 */
public record JsonAnswer(String origin, Object json) {
    /** Its largest, with 16 places, is well within 128 bits. */
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,20}(\\.[0-9]{1,20})?");

    JsonAnswer at(String field) {
        if (json instanceof Map<?, ?> object && object.get(field) != null) {
            return new JsonAnswer(origin, object.get(field));
        }
        throw notAsPromised(field);
    }

    boolean has(String field) {
        return json instanceof Map<?, ?> object && object.get(field) != null;
    }

    /** The items of an array; Binance answers for a single symbol without the array. */
    public List<JsonAnswer> items() {
        return switch (json) {
            case List<?> list ->
                list.stream().map(item -> new JsonAnswer(origin, item)).toList();
            case Map<?, ?> single -> List.of(this);
            default -> throw notAsPromised("list");
        };
    }

    String text(String field) {
        if (at(field).json instanceof String text && !text.isBlank()) {
            return text;
        }
        throw notAsPromised(field);
    }

    public long integer(String field) {
        if (at(field).json instanceof Long number) {
            return number;
        }
        throw notAsPromised(field);
    }

    /** In units of 1e-8, not negative. */
    public long decimal(String field) {
        try {
            long units = Decimals.parse(text(field));
            if (units >= 0) {
                return units;
            }
        } catch (NumberFormatException e) {
            throw notAsPromised(field);
        }
        throw notAsPromised(field);
    }

    /** In units of 1e-8, above zero. */
    public long positive(String field) {
        long units = decimal(field);
        if (units == 0) {
            throw notAsPromised(field);
        }
        return units;
    }

    /** A decimal of any size, in units of as many places; not negative. */
    public Amount amount(String field, int places) {
        String text = text(field);
        if (!AMOUNT.matcher(text).matches()) {
            throw notAsPromised(field);
        }
        BigDecimal value = new BigDecimal(text).stripTrailingZeros();
        if (value.scale() > places) {
            throw notAsPromised(field);
        }
        return Amount.of(value.setScale(places).unscaledValue());
    }

    /** Epoch microseconds. */
    public long time(String field) {
        long micros = VenueTime.toMicros(integer(field));
        if (micros == VenueTime.IMPOSSIBLE) {
            throw notAsPromised(field);
        }
        return micros;
    }

    public boolean flag(String field) {
        if (at(field).json instanceof Boolean flag) {
            return flag;
        }
        throw notAsPromised(field);
    }

    /** An array whose first places have a meaning each, as an object with these fields. */
    public JsonAnswer named(String... fields) {
        if (!(json instanceof List<?> row) || row.size() < fields.length) {
            throw notAsPromised(fields[fields.length - 1]);
        }
        Map<String, Object> object = new HashMap<>();
        for (int i = 0; i < fields.length; i++) {
            object.put(fields[i], row.get(i));
        }
        return new JsonAnswer(origin, object);
    }

    public VenueException notAsPromised(String field) {
        return new VenueException(
                VenueException.Kind.BAD_ANSWER,
                "%s does not answer as Binance does: no usable \"%s\". Check the address.".formatted(origin, field));
    }
}
