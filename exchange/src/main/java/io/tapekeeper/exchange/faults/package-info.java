/**
 * Failing on purpose: a {@link io.tapekeeper.exchange.faults.FaultPlan plan} says what breaks and when; handlers on
 * each connection break what goes over the wire, and the tape itself may have gaps.
 *
 * <p>The market, the player and the REST answers are unaware of it: faults of the wire act on what is on its way out,
 * so that the true tape is the same with and without them. Each handler belongs to its connection's event loop;
 * triggers are shared and thread-safe. Everything random is drawn from the plan's seed.
 */
package io.tapekeeper.exchange.faults;
