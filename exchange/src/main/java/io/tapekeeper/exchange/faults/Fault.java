package io.tapekeeper.exchange.faults;

import java.time.Duration;
import java.util.Locale;

/** One thing that goes wrong. Its {@link #name} is its key in a plan's file and in the counts. */
public sealed interface Fault {
    String name();

    /** What goes wrong on the wire, and when; the true tape stays as it is. */
    sealed interface OnWire extends Fault {
        Schedule when();
    }

    /** On a WebSocket. */
    sealed interface OnSocket extends OnWire {}

    /** On a WebSocket, when an event is on its way to the client. */
    sealed interface OnEvent extends OnSocket {}

    /** In the answer to one REST request. */
    sealed interface OnRequest extends OnWire {}

    /** What a database answers (aggTrades, historicalTrades) is not what the streams told. */
    sealed interface OnDatabase extends OnRequest {
        /** How late it is. */
        Duration by();
    }

    /** What the venue itself has lost or did not do; with it the true tape is another one. */
    sealed interface OnTape extends Fault {}

    /** The connection ends behind the trades before. */
    record Drop(Schedule when, How how) implements OnEvent {
        /** The way in which a connection ends. */
        public enum How {
            /** FIN without a close frame. */
            FIN,
            RESET,
            /** FIN in the middle of a frame. */
            CUT,
            /** A close frame and FIN, as the venue does it. */
            CLOSE
        }

        @Override
        public String name() {
            return "drop";
        }
    }

    /** No events, of all streams or of one; pings and answers go on. What is held back is lost. */
    record Silent(Schedule when) implements OnEvent {
        @Override
        public String name() {
            return "silent";
        }
    }

    /** The connection stays open, but nothing is read or written any more. */
    record HalfOpen(Schedule when) implements OnEvent {
        @Override
        public String name() {
            return "half-open";
        }
    }

    /** A connection on which subscriptions are acknowledged and no event ever comes. */
    record Mute(Schedule when) implements OnSocket {
        @Override
        public String name() {
            return "mute";
        }
    }

    /** The handshake is answered with an HTTP status. */
    record Refuse(Schedule when, int status) implements OnSocket {
        @Override
        public String name() {
            return "refuse";
        }
    }

    /** Every connection is closed at an age, as the venue does after 24 hours. */
    record Rotate(Duration age) implements OnSocket {
        @Override
        public String name() {
            return "rotate";
        }

        @Override
        public Schedule when() {
            return Schedule.AT_ONCE;
        }
    }

    /** All connections end, the port is closed for some time, and then open again. */
    record Restart(Schedule when, Duration down) implements OnEvent {
        @Override
        public String name() {
            return "restart";
        }
    }

    /** The notice that the venue stops, and the end of the connection some time later. */
    record ServerShutdown(Schedule when, Duration lead) implements OnEvent {
        @Override
        public String name() {
            return "server-shutdown";
        }
    }

    /** All that is sent comes a few bytes at a time for a while. */
    record Drip(Schedule when, Duration length) implements OnEvent {
        @Override
        public String name() {
            return "drip";
        }
    }

    /** All that is sent is held back for a while and then comes at once. */
    record Burst(Schedule when, Duration hold) implements OnEvent {
        @Override
        public String name() {
            return "burst";
        }
    }

    /** Something is done to the frame of a trade. */
    record Frame(Schedule when, Frame.Trick trick) implements OnEvent {
        /** What is done to it; all but the last four deliver the trade. */
        public enum Trick {
            /** Sent twice. */
            DUPLICATE,
            /** Sent after the next of its stream. */
            REORDER,
            /** Up to 50 earlier trades are sent again. */
            RESEND,
            /** Sent in several fragments, with a ping between them. */
            FRAGMENTED,
            /** A binary frame comes before it. */
            BINARY,
            /** An event of an unknown type comes before it. */
            UNKNOWN_EVENT,
            /** Sent with an unknown field that makes it longer than 1 MiB. */
            GIANT,
            /** Not sent. */
            SKIP,
            /** No JSON, or without a field, or with a price that is no number. */
            MALFORMED,
            /** The frame is right, but its JSON breaks off. */
            TRUNCATED,
            /** A byte that no UTF-8 has. */
            BAD_UTF8
        }

        @Override
        public String name() {
            return kebab(trick);
        }
    }

    /** The time in {@code E} and of {@code /time} steps. */
    record Clock(Schedule when, Duration by) implements OnEvent, OnRequest {
        @Override
        public String name() {
            return "clock";
        }
    }

    /**
     * A status other than 200, with the body that belongs to it.
     *
     * @param retryAfter told with 429 and 418, in whole seconds
     */
    record Status(Schedule when, int status, Duration retryAfter) implements OnRequest {
        @Override
        public String name() {
            return "rest";
        }
    }

    /** Status 200, but something is wrong with the body. */
    record Body(Schedule when, Body.Trick trick) implements OnRequest {
        /** What is wrong. */
        public enum Trick {
            /** A web page. */
            HTML,
            /** Content-Length promises more than comes. */
            TOO_LONG,
            /** Content-Length ends before the body does; the rest follows all the same. */
            TOO_SHORT,
            /** The JSON breaks off, and Content-Length agrees. */
            TRUNCATED,
            /** The connection ends in the middle. */
            CUT
        }

        @Override
        public String name() {
            return "body";
        }
    }

    /** The answer comes late. */
    record Slow(Schedule when, Duration by) implements OnRequest {
        @Override
        public String name() {
            return "slow";
        }
    }

    /** What a database answers (aggTrades, historicalTrades, klines) is behind the streams. */
    record Lag(Schedule when, Duration by) implements OnDatabase {
        @Override
        public String name() {
            return "lag";
        }
    }

    /**
     * Ids that aggTrades and historicalTrades lack for a while, though they have later ones.
     *
     * @param oneIn one of so many is late, on average
     */
    record LateIds(Schedule when, int oneIn, Duration by) implements OnDatabase {
        @Override
        public String name() {
            return "late-ids";
        }
    }

    /**
     * Aggregates blanked in the history; the streams never send them.
     *
     * @param oneIn one of so many is, on average
     */
    record Blank(int oneIn) implements OnTape {
        @Override
        public String name() {
            return "blank";
        }
    }

    /**
     * Aggregates whose ids, and the ids of whose trades, neither streams nor REST have.
     *
     * @param oneIn one of so many is missing, on average
     */
    record VenueHoles(int oneIn) implements OnTape {
        @Override
        public String name() {
            return "venue-holes";
        }
    }

    /** REST has only the newest so many of each list, and answers from the first that it has. */
    record Retention(long keep) implements OnTape {
        @Override
        public String name() {
            return "retention";
        }
    }

    /**
     * Nothing trades; the ids go on.
     *
     * @param afterMinutes whole minutes of the tape from the minute of its first trade, 1 or more
     * @param minutes how long, in minutes of the tape
     */
    record Halt(int afterMinutes, int minutes) implements OnTape {
        @Override
        public String name() {
            return "halt";
        }
    }

    /**
     * Nothing trades any more, for ever; sockets and REST go on.
     *
     * @param afterMinutes whole minutes of the tape from the minute of its first trade, 1 or more
     */
    record End(int afterMinutes) implements OnTape {
        @Override
        public String name() {
            return "end";
        }
    }

    /** The word for a value in a plan's file. */
    static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
