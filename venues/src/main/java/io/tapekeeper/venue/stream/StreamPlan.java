package io.tapekeeper.venue.stream;

import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.net.SocketLimits;
import java.util.List;
import java.util.function.Function;

/**
 * How a venue sends the trades that are wanted of it.
 *
 * @param parts one socket carries each, or two
 * @param parser makes the parser of one connection
 * @param redundant two sockets carry each part all the time, and every trade comes twice
 */
public record StreamPlan(
        StreamHosts hosts,
        SocketLimits limits,
        TapeKind kind,
        List<StreamPart> parts,
        Function<StreamPart, FrameParser> parser,
        boolean redundant) {}
