/**
 * Failing on purpose: a {@link io.tapekeeper.exchange.faults.FaultPlan plan} tells what breaks and when; one handler
 * per connection breaks what goes over the wire, and the tape may have holes of its own.
 *
 * <p>The market, the player and the REST answers know nothing of it: faults of the wire work on the bytes on their way
 * out, so that the true tape is the same with and without them. Each handler belongs to its connection's event loop;
 * the triggers are shared and thread-safe. All that is random is drawn from the plan's seed.
 */
package io.tapekeeper.exchange.faults;
