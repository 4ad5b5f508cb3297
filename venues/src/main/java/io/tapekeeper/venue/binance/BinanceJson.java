package io.tapekeeper.venue.binance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** JSON from outside, with bounds: a hostile document costs no more than its own length. */
final class BinanceJson {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNameLength(256)
                    .maxNumberLength(64)
                    .maxStringLength(1 << 20)
                    .build())
            // Names from outside must not fill the JVM's table of interned strings.
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            // Binance speaks UTF-8; a document that looks like UTF-32 is a broken one.
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .build();

    private BinanceJson() {}

    /**
     * A whole document as maps, lists, strings, longs, booleans and null; a number with a point stays text, so that
     * nothing is rounded.
     *
     * @throws tools.jackson.core.JacksonException where it is no JSON document or beyond a bound
     */
    static Object tree(byte[] document) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), document)) {
            Object value = value(json, json.nextToken());
            if (json.nextToken() != null) { // a damaged list must not pass for an empty one
                throw new StreamReadException(json, "something follows the JSON document");
            }
            return value;
        }
    }

    private static Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    object.put(name, value(json, json.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
                    array.add(value(json, next));
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null -> null; // an empty document
            default -> json.getString();
        };
    }
}
