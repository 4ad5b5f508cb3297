/**
 * How fast it is: benchmarks of the very classes that the live path calls. Speed is shown here, never in a timed test.
 */
package io.tapekeeper.benchmarks;
