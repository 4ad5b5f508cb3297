/**
 * Binance spot: its frames, its REST API, and how to stay on good terms with it.
 *
 * <p>{@link io.tapekeeper.venue.binance.Binance} is the venue. {@link io.tapekeeper.venue.binance.BinanceStream} says
 * how its streams are subscribed to, {@link io.tapekeeper.venue.binance.TradeScanner} and
 * {@link io.tapekeeper.venue.binance.BinanceDecoder} read its frames, {@link io.tapekeeper.venue.binance.BinanceRest}
 * asks single questions. What Binance sends wrong is data: it is counted, logged and skipped, never thrown.
 *
 * <p>Times are microseconds since the epoch; venue times may arrive in milli-, micro- or nanoseconds and are
 * distinguished by magnitude ({@code VenueTime}). Waits run on the local monotonic clock; what was asked of the venue,
 * which all processes of a machine share and which outlives them, is counted by the wall clock
 * ({@link io.tapekeeper.venue.limit.RateGovernor}).
 *
 * <p>Two quirks shape the code. A well-formed stream of a symbol that does not exist is acknowledged and stays silent,
 * so symbols are looked up in {@code exchangeInfo} first and a connection counts only when its first trade has come.
 * And there is no replay: what is printed between two connections has to be fetched over REST by id, so a socket is
 * replaced while it still works.
 */
package io.tapekeeper.venue.binance;
