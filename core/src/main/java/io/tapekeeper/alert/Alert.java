package io.tapekeeper.alert;

/**
 * One time that a rule was true, from its opening to its closing.
 *
 * @param opened end of the bar that made the rule true, epoch microseconds
 * @param closed end of the bar that ended it, or {@link #OPEN}
 * @param value what the rule looked at when it opened
 * @param threshold what that was compared with
 * @param reason one sentence with the numbers
 */
public record Alert(Rule rule, long opened, long closed, double value, double threshold, String reason) {
    /** {@link #closed} of an alert that is still open. */
    public static final long OPEN = 0;

    /** What {@code rule} opens at {@code time}, epoch microseconds, where {@code bar} made it true. */
    public static Alert opened(Rule rule, long time, Rule.Occasion bar) {
        double value = bar.values().of(rule.feature());
        double threshold = rule.threshold().of(bar.values(), bar.limits());
        return new Alert(rule, time, OPEN, value, threshold, rule.reason().of(bar));
    }

    public boolean isOpen() {
        return closed == OPEN;
    }

    /** The same alert, ended at {@code time}. */
    public Alert closedAt(long time) {
        return new Alert(rule, opened, time, value, threshold, reason);
    }
}
