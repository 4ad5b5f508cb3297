package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.net.Excerpt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Reads one WebSocket frame of Binance, combined ({@code {"stream":…,"data":…}}) or bare, in one pass. Never throws,
 * whatever comes in: what cannot be understood is {@link Decoded.Malformed}.
 *
 * <p>Fields may come in any order; unknown ones are skipped, because Binance adds some often. Keeps no state, so any
 * thread may use it.
 */
public final class BinanceDecoder {
    /** A longer frame is malformed; real ones of the streams we read have some 200 characters. */
    public static final int MAX_FRAME = 1 << 20;

    private static final int CLIP = 200;

    /** What a frame says. */
    public sealed interface Decoded {
        /** A trade of {@code symbol}, in the venue's upper-case spelling. */
        record SymbolTrade(String symbol, TapeKind kind, Trade trade) implements Decoded {}

        /** A control message with this id was accepted. */
        record Reply(String id) implements Decoded {}

        /** A control message was refused. */
        record ErrorReply(long code, String message) implements Decoded {}

        /** This connection will be closed soon, by the venue. */
        record ServerShutdown() implements Decoded {}

        /** Well-formed and of no concern: {@code reason} is the event's type, or says why. */
        record Ignored(String reason) implements Decoded {}

        /** Not what the protocol promises. */
        record Malformed(String reason) implements Decoded {}
    }

    /** @param receivedTime microseconds since the epoch, our clock */
    public Decoded decode(CharSequence frame, long receivedTime) {
        if (frame.length() > MAX_FRAME) {
            return tooLong(frame.length());
        }
        try (JsonParser json = BinanceJson.FACTORY.createParser(ObjectReadContext.empty(), frame.toString())) {
            return decode(json, receivedTime);
        } catch (JacksonException e) {
            return noJson(e);
        }
    }

    /**
     * @param frame UTF-8
     * @param receivedTime microseconds since the epoch, our clock
     */
    public Decoded decode(byte[] frame, long receivedTime) {
        if (frame.length > MAX_FRAME) {
            return tooLong(frame.length);
        }
        try (JsonParser json = BinanceJson.FACTORY.createParser(ObjectReadContext.empty(), frame)) {
            return decode(json, receivedTime);
        } catch (JacksonException e) {
            return noJson(e);
        }
    }

    private static Decoded tooLong(int length) {
        return new Decoded.Malformed("longer than " + MAX_FRAME + ": " + length);
    }

    private static Decoded noJson(JacksonException e) {
        String message = e.getOriginalMessage();
        int place = message.indexOf(" (start marker at"); // of no use: the source is not shown
        return new Decoded.Malformed("no JSON: " + Excerpt.of(place < 0 ? message : message.substring(0, place), CLIP));
    }

    private static Decoded decode(JsonParser json, long receivedTime) {
        JsonToken token = json.nextToken();
        Decoded decoded;
        if (token == JsonToken.START_OBJECT) {
            Fields fields = new Fields();
            fields.readFrame(json);
            decoded = fields.decoded(receivedTime);
        } else if (token == JsonToken.START_ARRAY) {
            json.skipChildren();
            decoded = new Decoded.Ignored("an array of events");
        } else {
            return new Decoded.Malformed("no JSON object");
        }
        return json.nextToken() == null ? decoded : new Decoded.Malformed("something follows the JSON document");
    }

    /** What was found in one frame. A field of an unexpected type counts as absent. */
    private static final class Fields {
        private static final long ABSENT = Long.MIN_VALUE;

        private String stream;
        private String event;
        private String symbol;
        private String price;
        private String size;
        private JsonToken buyerIsMaker;
        private long tradeId = ABSENT;
        private long aggregateId = ABSENT;
        private long first = ABSENT;
        private long last = ABSENT;
        private long time = ABSENT;
        private boolean result;
        private String replyId;
        private long errorCode = ABSENT;
        private String errorMessage;

        void readFrame(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "stream" -> stream = text(json, value);
                    case "data" -> {
                        if (value == JsonToken.START_OBJECT) {
                            readEvent(json);
                        } else {
                            json.skipChildren();
                        }
                    }
                    case "result" -> {
                        result = true;
                        json.skipChildren();
                    }
                    case "id" -> {
                        replyId = value.isScalarValue() ? json.getString() : null;
                        json.skipChildren();
                    }
                    case "error" -> {
                        if (value == JsonToken.START_OBJECT) {
                            readError(json);
                        } else {
                            json.skipChildren();
                        }
                    }
                    case "code" -> errorCode = integer(json, value);
                    case "msg" -> errorMessage = text(json, value);
                    default -> readField(json, name, value);
                }
            }
        }

        private void readEvent(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                readField(json, name, json.nextToken());
            }
        }

        private void readError(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "code" -> errorCode = integer(json, value);
                    case "msg" -> errorMessage = text(json, value);
                    default -> json.skipChildren();
                }
            }
        }

        private void readField(JsonParser json, String name, JsonToken value) {
            switch (name) {
                case "e" -> event = text(json, value);
                case "s" -> symbol = text(json, value);
                case "t" -> tradeId = integer(json, value);
                case "a" -> aggregateId = integer(json, value);
                case "f" -> first = integer(json, value);
                case "l" -> last = integer(json, value);
                case "p" -> price = text(json, value);
                case "q" -> size = text(json, value);
                case "T" -> time = integer(json, value);
                case "m" -> {
                    buyerIsMaker = value;
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }

        private static String text(JsonParser json, JsonToken value) {
            if (value == JsonToken.VALUE_STRING) {
                return json.getString();
            }
            json.skipChildren();
            return null;
        }

        private static long integer(JsonParser json, JsonToken value) {
            if (value == JsonToken.VALUE_NUMBER_INT) {
                return json.getLongValue();
            }
            json.skipChildren();
            return ABSENT;
        }

        Decoded decoded(long receivedTime) {
            if (event != null) {
                return switch (event) {
                    case "aggTrade" -> aggregate(receivedTime);
                    case "trade" -> trade(TapeKind.RAW, tradeId, 1, receivedTime);
                    case "serverShutdown" -> new Decoded.ServerShutdown();
                    default -> new Decoded.Ignored(Excerpt.of(event, CLIP));
                };
            }
            if (errorMessage != null && errorCode != ABSENT) {
                return new Decoded.ErrorReply(errorCode, Excerpt.of(errorMessage, CLIP));
            }
            if (result && replyId != null) {
                return new Decoded.Reply(replyId);
            }
            // bookTicker and partial depth carry no type; in a combined frame the stream names them
            return new Decoded.Ignored(stream == null ? "no event type" : Excerpt.of(stream, CLIP));
        }

        private Decoded aggregate(long receivedTime) {
            if (first == -1 && last == -1) {
                // The venue blanks duplicates that it finds later, but keeps their numbers.
                return new Decoded.Ignored("blanked aggTrade " + shown(aggregateId));
            }
            boolean range = first >= 0 && last >= first && last - first < Integer.MAX_VALUE;
            int rawTrades = range ? (int) (last - first + 1) : 0;
            return trade(TapeKind.AGGREGATE, aggregateId, rawTrades, receivedTime);
        }

        private Decoded trade(TapeKind kind, long id, int rawTrades, long receivedTime) {
            if (id < 0) {
                return wrong("id", shown(id));
            }
            if (rawTrades <= 0) {
                return wrong("range of raw ids f to l", shown(first) + " to " + shown(last));
            }
            if (symbol == null || symbol.isBlank()) {
                return wrong("s", symbol);
            }
            if (buyerIsMaker != JsonToken.VALUE_TRUE && buyerIsMaker != JsonToken.VALUE_FALSE) {
                return wrong("m", buyerIsMaker);
            }
            long venueTime = VenueTime.toMicros(time);
            if (venueTime == VenueTime.IMPOSSIBLE) {
                return wrong("T", shown(time));
            }
            if (price == null || size == null) {
                return wrong(price == null ? "p" : "q", null);
            }
            long exactPrice;
            long exactSize;
            try {
                exactPrice = Decimals.parse(price);
                exactSize = Decimals.parse(size);
            } catch (NumberFormatException e) {
                return new Decoded.Malformed(Excerpt.of(event + " " + id + ": " + e.getMessage(), CLIP));
            }
            if (exactPrice == 0 && exactSize == 0) {
                return new Decoded.Ignored("blanked " + event + " " + id);
            }
            if (exactPrice <= 0 || exactSize <= 0) {
                return wrong(exactPrice <= 0 ? "p" : "q", exactPrice <= 0 ? price : size);
            }
            Side aggressor = buyerIsMaker == JsonToken.VALUE_TRUE ? Side.SELL : Side.BUY;
            return new Decoded.SymbolTrade(
                    symbol, kind, new Trade(id, exactPrice, exactSize, aggressor, venueTime, receivedTime, rawTrades));
        }

        private Decoded wrong(String field, Object value) {
            return new Decoded.Malformed(Excerpt.of(
                    event
                            + (value == null
                                    ? " without a usable " + field
                                    : " with an impossible " + field + ": " + value),
                    CLIP));
        }

        private static Object shown(long value) {
            return value == ABSENT ? null : value;
        }
    }
}
