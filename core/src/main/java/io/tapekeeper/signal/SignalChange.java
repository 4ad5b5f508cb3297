package io.tapekeeper.signal;

/**
 * The signal changed.
 *
 * @param model what derived it: the preset's label
 * @param time end of the bar that changed it, epoch microseconds
 * @param price that bar's close, in units of 1e-8
 * @param zScore of that bar; NaN where it has none
 */
public record SignalChange(String model, long time, Signal signal, long price, double zScore) {}
