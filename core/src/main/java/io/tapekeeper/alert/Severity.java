package io.tapekeeper.alert;

/** How much a thing wants to be looked at. */
public enum Severity {
    WARNING,
    CRITICAL;

    /** As files and APIs print it. */
    public String label() {
        return this == WARNING ? "warning" : "critical";
    }
}
