/**
 * The REST side of the exchange: the market-data endpoints of the protocol, and under {@code /sim} what only a local
 * exchange knows. A small pool of threads answers, because an answer may have to regenerate minutes of a synthetic
 * tape.
 */
package io.tapekeeper.exchange.rest;
