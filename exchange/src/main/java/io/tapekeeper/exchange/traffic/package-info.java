/**
 * What went over the exchange's wires, counted: for whoever judges how a client behaves. Counted next to the wire,
 * whoever gave the answer.
 */
package io.tapekeeper.exchange.traffic;
