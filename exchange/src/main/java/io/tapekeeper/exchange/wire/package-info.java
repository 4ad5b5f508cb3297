/**
 * The bytes of the protocol: JSON of events and REST rows, written by hand so that a million events a second leave no
 * garbage. Nothing here is thread-safe or keeps anything between two calls.
 */
package io.tapekeeper.exchange.wire;
