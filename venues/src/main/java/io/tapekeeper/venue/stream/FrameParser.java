package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.net.FrameBatch;

/**
 * Turns the text messages of one connection into trades: all that a session needs to know of a venue's format. One per
 * connection, called by its receiver's thread alone.
 */
public interface FrameParser {
    /** Hears what the messages say besides trades, in their order. */
    interface Sink {
        /** Takes the trades of the batch and empties it; to be called whenever the batch is full. */
        void full();

        /** A message that is understood and of no concern. */
        void ignored();

        /** A message that is not what the venue's protocol promises; it is skipped. */
        void malformed(String reason, byte[] message);

        /** The venue announces that it closes this connection soon. */
        void closing();

        /**
         * The venue does not want to send what was asked for: this connection is of no use.
         *
         * @param what it says, without a full stop
         */
        void refused(String what);
    }

    /**
     * Reads messages in their order.
     *
     * @param trades takes each trade with the place of its instrument among those of the {@link StreamPart}; not full
     *     at first. Trades that are left in it at the return are taken too
     */
    void parse(FrameBatch messages, TradeBatch trades, Sink sink);
}
