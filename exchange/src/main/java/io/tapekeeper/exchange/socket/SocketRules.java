package io.tapekeeper.exchange.socket;

import java.time.Duration;

/**
 * What the exchange asks of a WebSocket connection.
 *
 * @param pingEvery time between two ping frames
 * @param pongWithin how long the matching pong may take
 * @param lifetime after which a connection is closed
 * @param streams most streams of one connection
 * @param messagesPerSecond most incoming messages in any second, pings and pongs included
 * @param attempts most attempts of one address to connect in any five minutes
 * @param outgoingBytes bound of what waits for one client; where it is reached, the client is closed as slow, or waited
 *     for at the highest speed
 */
public record SocketRules(
        Duration pingEvery,
        Duration pongWithin,
        Duration lifetime,
        int streams,
        int messagesPerSecond,
        int attempts,
        int outgoingBytes) {
    /** Those of the real exchange; 8 MiB of outgoing bytes is about a minute of a busy market. */
    public static final SocketRules REAL = new SocketRules(
            Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofHours(24), 1_024, 5, 300, 8 << 20);
}
