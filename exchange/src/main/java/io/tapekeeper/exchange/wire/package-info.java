/**
 * The bytes of the protocol: JSON of events and REST rows, written into a reused buffer so that a million events a
 * second leave no garbage. Nothing here is thread-safe.
 */
package io.tapekeeper.exchange.wire;
