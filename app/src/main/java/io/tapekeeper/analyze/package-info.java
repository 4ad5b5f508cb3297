/** Features, signal and alerts of a file of prices, with all cores. */
package io.tapekeeper.analyze;
