/**
 * Counts of what went over the exchange's wires, by which to judge how a client behaves. Taken next to the wire, so
 * that answers made by faults count too.
 */
package io.tapekeeper.exchange.traffic;
