/**
 * Pipeline: everything that is a function of one tape, as one object. Trades and gaps go in, in tape order; bars,
 * features, alerts and signals come out.
 *
 * <p>Its state can be saved between any two trades. Reads no clock, starts no thread, does no I/O. Same tape, same
 * preset: same rows, bit for bit. Not thread-safe: one thread owns a pipeline.
 */
package io.tapekeeper.pipeline;
