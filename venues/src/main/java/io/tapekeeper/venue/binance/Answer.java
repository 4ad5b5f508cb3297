package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Decimals;
import io.tapekeeper.venue.VenueException;
import java.util.List;
import java.util.Map;

/**
 * A part of a JSON answer. Every accessor throws a BAD_ANSWER where the part is not what Binance
 * promises.
 *
 * @param origin where the answer came from, for the message
 */
record Answer(String origin, Object json) {
    Answer at(String field) {
        if (json instanceof Map<?, ?> object && object.get(field) != null) {
            return new Answer(origin, object.get(field));
        }
        throw notAsPromised(field);
    }

    /** The items of an array; Binance answers for a single symbol without the array. */
    List<Answer> items() {
        return switch (json) {
            case List<?> list -> list.stream().map(item -> new Answer(origin, item)).toList();
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

    long integer(String field) {
        if (at(field).json instanceof Long number) {
            return number;
        }
        throw notAsPromised(field);
    }

    /** In units of 1e-8, not negative. */
    long decimal(String field) {
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

    VenueException notAsPromised(String field) {
        return new VenueException(
                VenueException.Kind.BAD_ANSWER,
                "%s does not answer as Binance does: no usable \"%s\". Check the address."
                        .formatted(origin, field));
    }
}
