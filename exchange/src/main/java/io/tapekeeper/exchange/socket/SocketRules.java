package io.tapekeeper.exchange.socket;

import java.time.Duration;

/**
 * Limits of a WebSocket connection.
 *
 * @param pingEvery time between two ping frames
 * @param pongWithin how long the matching pong may take
 * @param lifetime after which a connection is closed
 * @param streams maximum number of streams of a connection
 * @param messagesPerSecond maximum number of incoming messages in any second, pings and pongs included
 * @param attempts maximum number of attempts to connect from one address in any five minutes
 * @param outgoingBytes maximum number of bytes that wait for one client; at the limit the client is closed as slow or,
 *     at the highest speed, the market waits for it
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
