package io.tapekeeper.app.terminal;

import java.util.Collection;

/** Finds the word that a user most likely meant. */
public final class Suggestions {
    private Suggestions() {}

    /** The word of {@code known} with the fewest edits to {@code word}; the shorter one wins. */
    public static String to(String word, Collection<String> known) {
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int edits = edits(word, candidate);
            boolean shorter = best != null && candidate.length() < best.length();
            if (edits < fewest || (edits == fewest && shorter)) {
                best = candidate;
                fewest = edits;
            }
        }
        return best;
    }

    /** Levenshtein's distance: insertions, deletions and substitutions of one letter. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
