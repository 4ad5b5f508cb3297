/**
 * The synthetic market: one endless tape per symbol that moves like the real ones.
 *
 * <p>Taker orders arrive in self-exciting bursts ({@link io.tapekeeper.exchange.synthetic.Arrivals}), remember their
 * side ({@link io.tapekeeper.exchange.synthetic.OrderSigns}) and have sizes with a power tail
 * ({@link io.tapekeeper.exchange.synthetic.OrderSizes}). What the side of an order says beyond what the sides before it
 * foretold moves an efficient price ({@link io.tapekeeper.exchange.synthetic.FairPrice}), more in a stormy hour than in
 * a calm one ({@link io.tapekeeper.exchange.synthetic.Volatility}). The quotes follow it with a hysteresis
 * ({@link io.tapekeeper.exchange.synthetic.BookTop}); an order that pushes it far prints fills on several levels
 * ({@link io.tapekeeper.exchange.synthetic.TakerOrder}).
 *
 * <p>A market is a function of seed, listing and start alone: no clock, no platform-dependent arithmetic
 * ({@code StrictMath} only), and a state that is saved and restored to the bit. Time inside the package is milliseconds
 * as Binance prints them; prices are whole ticks and sizes whole steps until they leave it. Nothing here is
 * thread-safe: one thread owns each market.
 */
package io.tapekeeper.exchange.synthetic;
