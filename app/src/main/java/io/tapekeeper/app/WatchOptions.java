package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.series.Preset;
import picocli.CommandLine.Option;

/** What is computed from a tape: windows and thresholds. */
final class WatchOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Set of features and rules: ${COMPLETION-CANDIDATES} (default: classic).")
    @SuppressWarnings("UnusedVariable") // classic is the only one; the option refuses other names
    private PresetName preset = PresetName.classic;

    @Option(names = "--window", paramLabel = "BARS", description = "Window of volatility and z-score (default: 20).")
    private int window = Preset.CLASSIC.window();

    @Option(names = "--baseline-window", paramLabel = "N", description = "Volatilities in the baseline (default: 100).")
    private int baselineWindow = Preset.CLASSIC.baselineWindow();

    @Option(
            names = "--z-alert",
            paramLabel = "Z",
            description = "z-high fires above it, z-low below minus it (default: 3).")
    private double zAlert = Preset.CLASSIC.zAlert();

    @Option(
            names = "--spike-factor",
            paramLabel = "K",
            description = "volatility-spike fires above K times the baseline (default: 2).")
    private double spikeFactor = Preset.CLASSIC.spikeFactor();

    @Option(names = "--z-signal", paramLabel = "Z", description = "Sell above it, buy below minus it (default: 1).")
    private double zSignal = Preset.CLASSIC.zSignal();

    /** The presets that exist; named as the user writes them. */
    enum PresetName {
        classic
    }

    /**
     * The settings as the core takes them.
     *
     * @throws CommandFailure where they make no sense together
     */
    Preset preset() {
        try {
            return new Preset(window, baselineWindow, zAlert, spikeFactor, zSignal);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }
}
