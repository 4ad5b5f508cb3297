/**
 * Health: how far a tape and the process that records it can be trusted at a moment. Records only; who measures them
 * lives elsewhere.
 */
package io.tapekeeper.health;
