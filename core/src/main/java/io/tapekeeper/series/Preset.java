package io.tapekeeper.series;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The settings of features, rules and signal.
 *
 * @param window n of volatility and z-score, in bars
 * @param baselineWindow m, in volatilities
 * @param zAlert z-high above it, z-low below minus it
 * @param spikeFactor volatility-spike above this multiple of the baseline
 * @param zSignal sell above it, buy below minus it
 */
public record Preset(int window, int baselineWindow, double zAlert, double spikeFactor, double zSignal) {
    /** n = 20, m = 100, z 3, factor 2, signal 1. */
    public static final Preset CLASSIC = new Preset(20, 100, 3, 2, 1);

    /** The longest window that is accepted: a day of seconds. */
    public static final int LONGEST = 86_400;

    public Preset {
        checkWindow("window", window);
        checkWindow("baseline window", baselineWindow);
        checkPositive("z alert", zAlert);
        checkPositive("spike factor", spikeFactor);
        checkPositive("z signal", zSignal);
        checkReachable("z alert", zAlert, window);
        checkReachable("z signal", zSignal, window);
    }

    private static void checkWindow(String name, int bars) {
        if (bars < 2 || bars > LONGEST) {
            throw new IllegalArgumentException("%s must be from 2 to %d bars, not %d".formatted(name, LONGEST, bars));
        }
    }

    private static void checkPositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) { // so that NaN is refused too
            throw new IllegalArgumentException("%s must be a positive number, not %s".formatted(name, value));
        }
    }

    /** With n samples |z| is at most (n − 1)/√n; a rule beyond that could never fire. */
    private static void checkReachable(String name, double threshold, int window) {
        double most = (window - 1) / Math.sqrt(window);
        if (threshold >= most) {
            throw new IllegalArgumentException("%s %s could never be reached: over %d bars |z| is at most %.3f"
                    .formatted(name, threshold, window, most));
        }
    }

    /**
     * Names the preset in rows and files: {@code classic}, or {@code classic-} and eight digits of a hash where a
     * setting is not the classic one.
     */
    public String label() {
        if (equals(CLASSIC)) {
            return "classic";
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha.digest(toString().getBytes(StandardCharsets.UTF_8));
            return "classic-" + HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Bars that a row looks back on at most: n for the volatilities, m of them for the baseline. */
    public int reach() {
        return window + baselineWindow;
    }
}
