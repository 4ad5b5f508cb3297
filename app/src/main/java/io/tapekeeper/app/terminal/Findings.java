package io.tapekeeper.app.terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a command has looked at and found: printed at once, line by line, and kept for programs. What is wrong has a
 * remedy. Not thread-safe.
 */
public final class Findings {
    private static final int MARK_WIDTH = 6;

    private enum State {
        OK("ok"),
        /** Nothing to mend, but worth knowing. */
        NOTE("note"),
        WRONG("WRONG");

        private final String mark;

        State(String mark) {
            this.mark = mark;
        }
    }

    private record Finding(String about, State state, String found, String remedy, Map<String, Object> measured) {}

    private final PrintStream out;
    private final int aboutWidth;
    private final List<Finding> findings = new ArrayList<>();
    private String lastAbout = "";

    /** @param aboutWidth columns of the word that says what was looked at */
    public Findings(PrintStream out, int aboutWidth) {
        this.out = out;
        this.aboutWidth = aboutWidth;
    }

    /** Prints nothing: only {@link #asTree} is wanted. */
    public static Findings silent() {
        return new Findings(new PrintStream(OutputStream.nullOutputStream()), 1);
    }

    public void fine(String about, String found) {
        fine(about, found, Map.of());
    }

    /** @param measured the numbers of the sentence, for programs */
    public void fine(String about, String found, Map<String, ?> measured) {
        add(new Finding(about, State.OK, found, "", new LinkedHashMap<>(measured)));
    }

    /** Something that is neither right nor wrong. */
    public void note(String about, String found) {
        note(about, found, "", Map.of());
    }

    public void note(String about, String found, String remedy, Map<String, ?> measured) {
        add(new Finding(about, State.NOTE, found, remedy, new LinkedHashMap<>(measured)));
    }

    public void wrong(String about, String found, String remedy, Map<String, ?> measured) {
        add(new Finding(about, State.WRONG, found, remedy, new LinkedHashMap<>(measured)));
    }

    /** Fine or wrong, whatever follows in {@link #detail}. */
    public void fineIf(boolean fine, String about, String found) {
        add(new Finding(about, fine ? State.OK : State.WRONG, found, "", Map.of()));
    }

    private void add(Finding finding) {
        findings.add(finding);
        print(finding.state.mark, finding.about.equals(lastAbout) ? "" : finding.about, finding.found);
        if (!finding.remedy.isEmpty()) {
            print("", "", "-> " + finding.remedy);
        }
        lastAbout = finding.about;
    }

    /** A line of its own, above the findings about one thing. */
    public void heading(String line) {
        out.println(line);
        lastAbout = "";
    }

    /** One of the particulars of the last finding; printed only. */
    public void detail(String line) {
        print("", "", line);
    }

    private void print(String mark, String about, String text) {
        String format = "%%-%ds %%-%ds %%s%%n".formatted(MARK_WIDTH, aboutWidth);
        out.printf(Locale.ROOT, format, mark, about, text);
    }

    /** Whether anything is to be mended. */
    public boolean isWrong() {
        return findings.stream().anyMatch(finding -> finding.state == State.WRONG);
    }

    /** All findings as a tree for JSON. */
    public Map<String, Object> asTree() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("wrong", isWrong());
        root.put("findings", findings.stream().map(Findings::asTree).toList());
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
