/**
 * The WebSocket side of the exchange: handshakes, control messages, pings, and the batches of events on their way out.
 * Each connection belongs to its event loop.
 */
package io.tapekeeper.exchange.socket;
