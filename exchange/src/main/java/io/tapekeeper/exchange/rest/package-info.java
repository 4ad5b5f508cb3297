/**
 * The REST side of the exchange: the market-data endpoints of the protocol, and under {@code /sim} what only a local
 * exchange can tell. Requests are answered on a small pool of their own, because an answer may have to make minutes of
 * a synthetic tape anew.
 */
package io.tapekeeper.exchange.rest;
