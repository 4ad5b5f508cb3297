package io.tapekeeper.exchange.faults;

import java.time.Duration;
import java.util.Locale;

/**
 * One thing that goes wrong. Its {@link #name} is its key in a plan's file and in the counts: the name of its class,
 * but for those that say otherwise.
 */
public sealed interface Fault {
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

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

    /** Database endpoints (aggTrades, historicalTrades) differ from what the streams sent. */
    sealed interface OnDatabase extends OnRequest {
        /** How late the database is. */
        Duration by();
    }

    /** What the venue itself has lost or not done: this changes the true tape. */
    sealed interface OnTape extends Fault {}

    /** The connection ends after the trades already sent. */
    record Drop(Schedule when, How how) implements OnEvent {
        /** The way in which a connection ends. */
        public enum How {
            /** FIN without a close frame. */
            FIN,
            RESET,
            /** FIN in the middle of a frame. */
            CUT,
            /** A close frame and FIN, as the venue does. */
            CLOSE
        }
    }

    /** No events, of all streams or of one; pings and answers go on. Events held back are lost. */
    record Silent(Schedule when) implements OnEvent {}

    /** The connection stays open, but nothing is read or written any more. */
    record HalfOpen(Schedule when) implements OnEvent {}

    /** A connection that acknowledges subscriptions and never gets an event. */
    record Mute(Schedule when) implements OnSocket {}

    /** The handshake is answered with an HTTP status. */
    record Refuse(Schedule when, int status) implements OnSocket {}

    /** Every connection is closed at a certain age, as the venue does after 24 hours. */
    record Rotate(Duration age) implements OnSocket {
        @Override
        public Schedule when() {
            return Schedule.AT_ONCE;
        }
    }

    /** All connections end, and the port closes for some time. */
    record Restart(Schedule when, Duration down) implements OnEvent {}

    /** A notice that the venue stops; the connection ends some time later. */
    record ServerShutdown(Schedule when, Duration lead) implements OnEvent {}

    /** Everything arrives a few bytes at a time for a while. */
    record Drip(Schedule when, Duration length) implements OnEvent {}

    /** Everything is held back for a while, then arrives at once. */
    record Burst(Schedule when, Duration hold) implements OnEvent {}

    /** A trick is played on the frame of a trade. */
    record Frame(Schedule when, Frame.Trick trick) implements OnEvent {
        /** The trick; all but the last four deliver the trade. */
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
            /** Not JSON, or without a field, or with a price that is not a number. */
            MALFORMED,
            /** The frame is whole, but its JSON breaks off. */
            TRUNCATED,
            /** With a byte that is invalid in UTF-8. */
            BAD_UTF8
        }

        @Override
        public String name() {
            return kebab(trick);
        }
    }

    /** The times in {@code E} and in {@code /time} are shifted. */
    record Clock(Schedule when, Duration by) implements OnEvent, OnRequest {}

    /**
     * A status other than 200, with the body that belongs to it.
     *
     * @param retryAfter sent with 429 and 418, in whole seconds
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
            /** Content-Length ends before the body does; the rest follows regardless. */
            TOO_SHORT,
            /** The JSON breaks off, and Content-Length agrees. */
            TRUNCATED,
            /** The connection ends in the middle. */
            CUT
        }
    }

    /** The answer comes late. */
    record Slow(Schedule when, Duration by) implements OnRequest {}

    /** Database endpoints (aggTrades, historicalTrades, klines) lag the streams. */
    record Lag(Schedule when, Duration by) implements OnDatabase {}

    /**
     * Ids that aggTrades and historicalTrades lack for a while, though they have later ones.
     *
     * @param oneIn one id in this many is late, on average
     */
    record LateIds(Schedule when, int oneIn, Duration by) implements OnDatabase {}

    /**
     * Aggregates blanked in the history; the streams never send them.
     *
     * @param oneIn one aggregate in this many is blanked, on average
     */
    record Blank(int oneIn) implements OnTape {}

    /**
     * Aggregates missing from streams and REST alike, with the ids of their trades.
     *
     * @param oneIn one aggregate in this many is missing, on average
     */
    record VenueHoles(int oneIn) implements OnTape {}

    /** REST keeps only the newest {@code keep} of each list, and answers from the first that it has. */
    record Retention(long keep) implements OnTape {}

    /**
     * Trading pauses; the ids go on.
     *
     * @param afterMinutes whole minutes of the tape from the minute of its first trade, 1 or more
     * @param minutes how long, in minutes of the tape
     */
    record Halt(int afterMinutes, int minutes) implements OnTape {}

    /**
     * Trading ends for ever; sockets and REST go on.
     *
     * @param afterMinutes whole minutes of the tape from the minute of its first trade, 1 or more
     */
    record End(int afterMinutes) implements OnTape {}

    /** The word for a value in a plan's file. */
    static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
