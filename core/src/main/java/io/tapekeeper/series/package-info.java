/**
 * Series: what is derived from a tape with one preset at one interval, as rows, and how rows roll up into longer ones.
 */
package io.tapekeeper.series;
