package io.tapekeeper.store;

import io.tapekeeper.series.FeatureRow;

/**
 * A feature row as the store has it.
 *
 * @param revision how often its content was corrected, 0 = never
 */
record StoredRow(FeatureRow row, int revision) {}
