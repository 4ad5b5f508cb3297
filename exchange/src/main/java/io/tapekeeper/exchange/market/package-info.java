/**
 * What a market of the local exchange is made of: listings, raw trades, and the sources they come
 * from.
 */
package io.tapekeeper.exchange.market;
