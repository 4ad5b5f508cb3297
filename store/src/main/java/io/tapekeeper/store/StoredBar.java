package io.tapekeeper.store;

import io.tapekeeper.bar.Bar;

/**
 * A bar as the store has it.
 *
 * @param revision how often its content was corrected, 0 = never; of a rolled-up bar the sum over its parts, so that it
 *     grows with each of them
 */
public record StoredBar(Bar bar, int revision) {}
