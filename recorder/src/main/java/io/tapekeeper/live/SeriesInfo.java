package io.tapekeeper.live;

import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;

/**
 * What the page has to know of a series beside its rows.
 *
 * @param preset the settings behind its features, which the page names and draws; null where only the label is known,
 *     and then no threshold is drawn
 * @param replay whether the rows are a recording that is played
 * @param band what stands in the band across the top of the page, for whatever is not a live market; empty for none
 */
public record SeriesInfo(Preset preset, boolean replay, String band) {
    /** A market as it happens; a simulated tape gets its band. */
    public static SeriesInfo live(Series series, Preset preset) {
        return new SeriesInfo(
                preset, false, series.tape().simulated() ? "SIMULATED market: no real prices or trades" : "");
    }

    /**
     * A recording that is played.
     *
     * @param what the speed, for example {@code 60×}
     */
    public static SeriesInfo replay(Preset preset, String what) {
        return new SeriesInfo(preset, true, "REPLAY " + what + ": a recording, not the market now");
    }

    /** The settings that {@code label} names, or null where the label alone does not say. */
    public static Preset presetOf(String label) {
        return label.equals(Preset.CLASSIC.label()) ? Preset.CLASSIC : null;
    }
}
