package io.tapekeeper.alert;

/** The classic rules. Their order is the order in which files print them. */
public enum Rule {
    /** z-score above the threshold. */
    Z_HIGH(1, "z-high", Severity.CRITICAL),
    /** z-score below minus the threshold. */
    Z_LOW(2, "z-low", Severity.CRITICAL),
    /** volatility above a multiple of its baseline. */
    VOLATILITY_SPIKE(4, "volatility-spike", Severity.WARNING);

    private final int bit;
    private final String label;
    private final Severity severity;

    Rule(int bit, String label, Severity severity) {
        this.bit = bit;
        this.label = label;
        this.severity = severity;
    }

    /** As files and APIs print it. */
    public String label() {
        return label;
    }

    public Severity severity() {
        return severity;
    }

    /** Its bit in a set of rules. */
    public int bit() {
        return bit;
    }

    /** The labels of a set of rules, joined by {@code |}; empty for none. */
    public static String labels(int bits) {
        if (bits == 0) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        for (Rule rule : values()) {
            if ((bits & rule.bit()) != 0) {
                out.append(out.isEmpty() ? "" : "|").append(rule.label);
            }
        }
        return out.toString();
    }
}
