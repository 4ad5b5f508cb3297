package io.tapekeeper.app.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a doctor has found: for people told at once, line by line, and kept for programs. What is not well has a remedy.
 * Not thread-safe.
 */
public final class DoctorReport {
    private enum State {
        OK("ok"),
        /** Nothing to be mended, but worth knowing. */
        NOTE("note"),
        WRONG("WRONG");

        private final String mark;

        State(String mark) {
            this.mark = mark;
        }
    }

    private record Finding(String about, State state, String found, String remedy, Map<String, Object> measured) {}

    private final PrintStream out; // null where only programs listen
    private final List<Finding> findings = new ArrayList<>();
    private String lastAbout = "";

    /** @param out null where nothing is to be printed meanwhile */
    public DoctorReport(PrintStream out) {
        this.out = out;
    }

    /** @param measured the numbers of the sentence, for programs */
    public void fine(String about, String found, Map<String, ?> measured) {
        tell(about, State.OK, found, "", measured);
    }

    public void note(String about, String found, String remedy, Map<String, ?> measured) {
        tell(about, State.NOTE, found, remedy, measured);
    }

    public void wrong(String about, String found, String remedy, Map<String, ?> measured) {
        tell(about, State.WRONG, found, remedy, measured);
    }

    private void tell(String about, State state, String found, String remedy, Map<String, ?> measured) {
        findings.add(new Finding(about, state, found, remedy, new LinkedHashMap<>(measured)));
        if (out == null) {
            return;
        }
        out.printf("%-6s %-6s %s%n", state.mark, about.equals(lastAbout) ? "" : about, found);
        if (!remedy.isEmpty()) {
            out.printf("              -> %s%n", remedy);
        }
        lastAbout = about;
    }

    /** Whether anything is to be mended. */
    public boolean isWrong() {
        return findings.stream().anyMatch(finding -> finding.state == State.WRONG);
    }

    /** All of it as a tree for JSON. */
    public Map<String, Object> asTree() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("wrong", isWrong());
        root.put("findings", findings.stream().map(DoctorReport::asTree).toList());
        return root;
    }

    private static Map<String, Object> asTree(Finding finding) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("about", finding.about);
        tree.put("state", finding.state.name().toLowerCase(Locale.ROOT));
        tree.put("found", finding.found);
        tree.put("remedy", finding.remedy.isEmpty() ? null : finding.remedy);
        tree.put("measured", finding.measured);
        return tree;
    }
}
