package io.tapekeeper.exchange.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** A request that a client sends over its socket. */
sealed interface ControlRequest {
    record Subscribe(List<String> streams) implements ControlRequest {}

    record Unsubscribe(List<String> streams) implements ControlRequest {}

    record ListSubscriptions() implements ControlRequest {}

    record SetCombined(boolean combined) implements ControlRequest {}

    record GetCombined() implements ControlRequest {}

    /** A request that cannot be carried out, and the error that answers it. */
    record Invalid(int code, String message) implements ControlRequest {}

    /**
     * A request and the id that its answer has to carry.
     *
     * @param id as JSON text; {@code null} where none was sent
     */
    record Numbered(String id, ControlRequest request) {}

    JsonFactory JSON = new JsonFactory();
    Pattern TEXT_ID = Pattern.compile("[A-Za-z0-9_-]{0,36}");

    static Numbered parse(String text) {
        String method = "";
        Optional<List<Object>> params = Optional.empty();
        String id = "null";
        boolean idLegal = true;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Numbered(id, invalidJson(1));
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("method") && value == JsonToken.VALUE_STRING) {
                    method = parser.getString();
                } else if (name.equals("params") && value == JsonToken.START_ARRAY) {
                    params = Optional.of(values(parser));
                } else if (name.equals("id")) {
                    Optional<String> legal = id(parser, value);
                    idLegal = legal.isPresent();
                    id = legal.orElse("null");
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException broken) { // not JSON, or beyond a limit of the parser
            TokenStreamLocation place = broken.getLocation();
            return new Numbered("null", invalidJson(place == null ? text.length() : place.getColumnNr()));
        }
        if (!idLegal) {
            return new Numbered(id, invalid("request ID must be an unsigned integer"));
        }
        return new Numbered(id, request(method, params, text.length()));
    }

    private static ControlRequest request(String method, Optional<List<Object>> params, int length) {
        return switch (method) {
            case "SUBSCRIBE", "UNSUBSCRIBE" -> streams(method, params, length);
            case "LIST_SUBSCRIPTIONS" -> new ListSubscriptions();
            case "SET_PROPERTY", "GET_PROPERTY" -> property(method.equals("SET_PROPERTY"), params.orElse(List.of()));
            case "" -> invalid("missing field `method` at line 1 column " + length);
            default ->
                invalid(
                        "unknown variant `%s`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column %d"
                                .formatted(method, length));
        };
    }

    private static ControlRequest streams(String method, Optional<List<Object>> params, int length) {
        if (params.isEmpty()) {
            return invalid("missing field `params` at line 1 column " + length);
        }
        List<String> names = new ArrayList<>();
        for (Object param : params.get()) {
            if (!(param instanceof String name)) {
                return invalid("stream name must be a string");
            }
            names.add(name);
        }
        return method.equals("SUBSCRIBE") ? new Subscribe(names) : new Unsubscribe(names);
    }

    private static ControlRequest property(boolean set, List<Object> params) {
        if (params.size() > (set ? 2 : 1)) {
            return invalid("too many parameters");
        }
        if (params.isEmpty() || !(params.getFirst() instanceof String name)) {
            return invalid("property name must be a string");
        }
        if (!name.equals("combined")) {
            return new Invalid(0, "Unknown property");
        }
        if (!set) {
            return new GetCombined();
        }
        return params.size() == 2 && params.get(1) instanceof Boolean combined
                ? new SetCombined(combined)
                : new Invalid(1, "Invalid value type: expected Boolean");
    }

    private static Optional<String> id(JsonParser parser, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) {
            return Optional.of("null");
        }
        String text = parser.getString();
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return Optional.of(text);
        }
        if (value == JsonToken.VALUE_STRING && TEXT_ID.matcher(text).matches()) {
            return Optional.of('"' + text + '"');
        }
        parser.skipChildren();
        return Optional.empty();
    }

    /** Strings and booleans as values, anything else as its first token. */
    private static List<Object> values(JsonParser parser) {
        List<Object> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY && token != null;
                token = parser.nextToken()) {
            switch (token) {
                case VALUE_STRING -> values.add(parser.getString());
                case VALUE_TRUE, VALUE_FALSE -> values.add(token == JsonToken.VALUE_TRUE);
                default -> {
                    values.add(token);
                    parser.skipChildren();
                }
            }
        }
        return values;
    }

    private static Invalid invalid(String what) {
        return new Invalid(2, "Invalid request: " + what);
    }

    private static Invalid invalidJson(int column) {
        return new Invalid(3, "Invalid JSON: expected value at line 1 column " + column);
    }
}
