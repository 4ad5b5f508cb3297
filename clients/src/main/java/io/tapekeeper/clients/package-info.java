/** What others wrote for Binance: against the local exchange, and beside us in the benchmarks. */
package io.tapekeeper.clients;
