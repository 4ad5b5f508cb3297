package io.tapekeeper.venue;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which existing name was probably meant by one that does not exist. */
public final class Suggestions {
    private Suggestions() {}

    /** The name of {@code known}, which is not empty, with the fewest edits to {@code wanted}; the shorter one wins. */
    public static String nearest(String wanted, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(name -> distance(wanted, name))
                        .thenComparingInt(String::length))
                .orElseThrow();
    }

    /**
     * At most {@code most} of {@code known}: those that begin with {@code wanted} first, each group by edit distance,
     * and among equals in the order of {@code known}. What is far from it is left out.
     */
    public static List<String> nearest(String wanted, Collection<String> known, int most) {
        int farthest = Math.max(1, wanted.length() / 3);
        record Candidate(String name, boolean begins, int distance) {}
        return known.stream()
                .map(name -> new Candidate(name, !wanted.isEmpty() && name.startsWith(wanted), distance(wanted, name)))
                .filter(candidate -> candidate.begins || candidate.distance <= farthest)
                .sorted(Comparator.comparing(Candidate::begins).reversed().thenComparingInt(Candidate::distance))
                .limit(most)
                .map(Candidate::name)
                .toList();
    }

    /**
     * How many insertions, deletions, replacements and swaps of neighbours turn {@code a} into {@code b}, no place
     * edited twice (optimal string alignment). O(|a|·|b|).
     */
    static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, 1 + edits[i - 2][j - 2]);
                }
                edits[i][j] = best;
            }
        }
        return edits[a.length()][b.length()];
    }
}
