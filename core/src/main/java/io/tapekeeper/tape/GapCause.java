package io.tapekeeper.tape;

/** Why ids of a tape are not there. */
public enum GapCause {
    /** We missed them; the venue may still have them. */
    MISSED("missed"),
    /** The venue itself has no trades with these ids. */
    ABSENT("absent"),
    /** The venue has blanked these ids out: they were duplicates, and nothing is missing. */
    BLANKED("blanked"),
    /** Older than what the venue still serves. */
    BEYOND_RETENTION("beyond-retention"),
    /** The venue keeps answering without a decision whether they exist. */
    UNRESOLVED("unresolved");

    private final String label;

    GapCause(String label) {
        this.label = label;
    }

    /** As files, APIs and the page print it. */
    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException for any other text */
    public static GapCause parse(String label) {
        for (GapCause cause : values()) {
            if (cause.label.equals(label)) {
                return cause;
            }
        }
        throw new IllegalArgumentException("a gap has no cause \"" + label + "\"");
    }
}
