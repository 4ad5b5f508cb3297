/**
 * An exchange that sends faster than anybody reads: frames are encoded before the first of them is sent, and nothing is
 * looked up while it runs. It speaks just enough of Binance's protocol for a client to start. Depends on nothing of
 * ours, so that it measures and is not measured.
 */
package io.tapekeeper.benchmarks.sender;
