package io.tapekeeper.venue.binance;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which existing symbols were probably meant by one that does not exist. */
final class NearestSymbols {
    private NearestSymbols() {}

    /** Binance's spelling of what people write: {@code btc-usdt}, {@code BTC/USDT}. */
    static String spelled(String symbol) {
        return symbol.strip().replaceAll("[/_\\s-]", "").toUpperCase(Locale.ROOT);
    }

    /**
     * At most {@code most} of {@code known}: those that begin with {@code wanted} first, each group by edit distance,
     * and among equals in the venue's own order, which names the oldest first.
     */
    static List<String> of(String wanted, Collection<String> known, int most) {
        int farthest = Math.max(1, wanted.length() / 3);
        record Candidate(String symbol, boolean begins, int distance) {}
        return known.stream()
                .map(symbol ->
                        new Candidate(symbol, !wanted.isEmpty() && symbol.startsWith(wanted), distance(wanted, symbol)))
                .filter(candidate -> candidate.begins || candidate.distance <= farthest)
                .sorted(Comparator.comparing(Candidate::begins).reversed().thenComparingInt(Candidate::distance))
                .limit(most)
                .map(Candidate::symbol)
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
