/**
 * The Analyst: everything that is a function of one tape. Trades and gaps go in, in tape order; bars, features, alerts
 * and signals come out.
 *
 * <p>Depends on all other packages of the core. Same tape, same preset: same rows, bit for bit.
 */
package io.tapekeeper.analyst;
