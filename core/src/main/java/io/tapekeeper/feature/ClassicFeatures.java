package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The classic features of one series of closes, one bar at a time, in amortised constant time and
 * without drift. NaN = no value.
 *
 * <ul>
 *   <li>return r = p / p₋₁ − 1, and ln(p / p₋₁); none for the first close, behind a hole, and where
 *       p₋₁ is 0
 *   <li>volatility: sample deviation of the last n returns in a row; 0 where all are equal
 *   <li>baseline: mean of the last m volatilities in a row
 *   <li>z-score: (p − mean) / sample deviation of the last n closes; none where all are equal; at
 *       most (n − 1) / √n
 * </ul>
 *
 * <p><b>Sums.</b> Bars carry consecutive numbers; blocks of n begin where the number is a multiple
 * of n, so a window is the tail of one block and the head of the next. When a block begins, its
 * first value becomes the anchor a, and the sums of (x − a) and (x − a)² over every tail of the
 * block before are computed once; after that a value only adds to the head's sums. Nothing is ever
 * subtracted that was added before, so no error stays behind, and the anchor lies inside the
 * window, so there is no cancellation to speak of. The result depends on the values in the window
 * and their numbers alone, never on where the series began: a restart or a repair gives the same
 * bits. Method: a sliding window as suffix plus prefix of fixed blocks, after M. van Herk, Pattern
 * Recognition Letters 13 (1992), there for minima. Whether all values are equal is known by
 * counting equal neighbours, never by a variance that comes out 0.
 *
 * <p><b>What it gives up:</b> the windows of closes, returns and volatilities would be three
 * objects of one class. Written out side by side, with all that is rare (warm-up, holes, a block's
 * begin) behind one branch, and without objects for results, a bar with rules and signal takes 32
 * ns instead of 45, with the same bits. The logarithm costs as much as half of all this, so it is
 * taken where a row is kept, in {@link #values}.
 *
 * <p>O(n + m) memory, nothing allocated in {@link #update}. Not thread-safe.
 */
public final class ClassicFeatures {
    private static final double YEAR_MICROS = 365.0 * 24 * 60 * 60 * 1_000_000;

    private final int window;
    private final int baselineWindow;
    private final double perYear;

    private long number;
    private int position; // in the block of n: number modulo n
    private double ratio = Double.NaN;
    private double change = Double.NaN;
    private double volatility = Double.NaN;
    private double baseline = Double.NaN;
    private double mean = Double.NaN;
    private double zScore = Double.NaN;

    // Of each window: its values by position, the head of this block, then what is left of the last
    // one; and the sums over the last block from a position on, around the anchor, Σ and Σ² in
    // turn.
    private final double[] closes;
    private final double[] closeTails;
    private int closeCount;
    private int closeStart; // position of this block's first value; 0 unless the series began in it
    private int closeRun; // how many at the end are equal
    private double close = Double.NaN;
    private double closeAnchor;
    private double closeSum;
    private double closeSquares;

    private final double[] changes;
    private final double[] changeTails;
    private int changeCount;
    private int changeStart;
    private int changeRun;
    private double changeAnchor;
    private double changeSum;
    private double changeSquares;

    private final double[] volatilities;
    private final double[] volatilityTails;
    private int volatilityPosition; // number modulo m
    private int volatilityCount;
    private int volatilityStart;
    private double volatilityAnchor;
    private double volatilitySum;

    /**
     * @param window n of volatility and z-score, in bars, at least 2
     * @param baselineWindow m, in volatilities, at least 2
     * @param intervalMicros length of a bar
     */
    public ClassicFeatures(int window, int baselineWindow, long intervalMicros) {
        if (window < 2 || baselineWindow < 2) {
            throw new IllegalArgumentException(
                    "a window needs at least 2 values: %d, %d".formatted(window, baselineWindow));
        }
        this.window = window;
        this.baselineWindow = baselineWindow;
        perYear = Math.sqrt(YEAR_MICROS / intervalMicros);
        closes = new double[window];
        closeTails = new double[2 * (window + 1)];
        changes = new double[window];
        changeTails = new double[2 * (window + 1)];
        volatilities = new double[baselineWindow];
        volatilityTails = new double[baselineWindow + 1];
    }

    /**
     * Takes the next close; the features below are then those of its bar.
     *
     * @param itsNumber the bar's number since the epoch, one more than the last unless at the first
     *     close or behind a hole
     */
    public void update(long itsNumber, double price) {
        ratio = price / close;
        double value = ratio - 1;
        take(itsNumber, price, Double.isFinite(value) ? value : Double.NaN);
        takeVolatility(itsNumber, volatility);
    }

    /** Closes and returns: z-score and volatility. */
    private void take(long itsNumber, double price, double itsChange) {
        boolean usual = position < window - 1 && itsNumber == number + 1 && changeCount == window;
        if (usual && !Double.isNaN(itsChange)) {
            position++;
        } else {
            begin(itsNumber, price, itsChange);
        }
        number = itsNumber;
        int at = position;
        int tail = 2 * (at + 1);

        closeRun = price == close ? closeRun + 1 : 1;
        close = price;
        closes[at] = price;
        double distance = price - closeAnchor;
        double sum = closeSum + distance;
        double squares = closeSquares + distance * distance;
        closeSum = sum;
        closeSquares = squares;
        sum += closeTails[tail];
        squares += closeTails[tail + 1];
        double meanDistance = sum / closeCount;
        mean = closeAnchor + meanDistance;
        double z = (distance - meanDistance) / sampleDeviation(sum, squares, window);
        zScore = closeCount == window && closeRun < window && Double.isFinite(z) ? z : Double.NaN;

        changeRun = itsChange == change ? changeRun + 1 : 1;
        change = itsChange;
        changes[at] = itsChange;
        distance = itsChange - changeAnchor;
        sum = changeSum + distance;
        squares = changeSquares + distance * distance;
        changeSum = sum;
        changeSquares = squares;
        sum += changeTails[tail];
        squares += changeTails[tail + 1];
        double deviation = changeRun < window ? sampleDeviation(sum, squares, window) : 0;
        volatility = changeCount == window ? deviation : Double.NaN;
    }

    /** √(Σ(x − mean)² / (n − 1)) from the sums around any anchor. */
    private static double sampleDeviation(double sum, double squares, int count) {
        double variance = (squares - sum * sum / count) / (count - 1);
        return variance <= 0 ? 0 : Math.sqrt(variance);
    }

    /** What is rare: a block begins, a window is not full, a return is missing. */
    private void begin(long itsNumber, double price, double itsChange) {
        boolean first = closeCount == 0;
        if (first) {
            position = (int) Math.floorMod(itsNumber, (long) window);
        } else if (itsNumber != number + 1) {
            throw new IllegalStateException(
                    "bar %d does not follow bar %d".formatted(itsNumber, number));
        } else {
            position = position == window - 1 ? 0 : position + 1;
        }
        if (first || position == 0) {
            sumTails(closes, first ? window : closeStart, price, closeTails);
            closeStart = position;
            closeAnchor = price;
            closeSum = 0;
            closeSquares = 0;
        }
        closeCount = Math.min(closeCount + 1, window);
        if (Double.isNaN(itsChange)) {
            changeCount = 0;
            return;
        }
        if (changeCount == 0 || position == 0) {
            sumTails(changes, changeCount == 0 ? window : changeStart, itsChange, changeTails);
            changeStart = position;
            changeAnchor = itsChange;
            changeSum = 0;
            changeSquares = 0;
        }
        changeCount = Math.min(changeCount + 1, window);
    }

    /**
     * Sums a block's tails around the next block's anchor.
     *
     * @param from position of the block's first value; its length where there is no block
     */
    private static void sumTails(double[] values, int from, double anchor, double[] tails) {
        double sum = 0;
        double squares = 0;
        for (int at = values.length - 1; at >= from; at--) {
            double distance = values[at] - anchor;
            sum += distance;
            squares += distance * distance;
            tails[2 * at] = sum;
            tails[2 * at + 1] = squares;
        }
        for (int at = from - 1; at >= 0; at--) { // the series began later
            tails[2 * at] = sum;
            tails[2 * at + 1] = squares;
        }
    }

    /** The window of volatilities, which has blocks of its own length. */
    private void takeVolatility(long itsNumber, double value) {
        if (Double.isNaN(value)) {
            volatilityCount = 0;
            baseline = Double.NaN;
            return;
        }
        if (volatilityCount == baselineWindow && volatilityPosition < baselineWindow - 1) {
            volatilityPosition++;
        } else {
            beginVolatilities(itsNumber, value);
        }
        int at = volatilityPosition;
        volatilities[at] = value;
        volatilitySum += value - volatilityAnchor;
        double sum = volatilitySum + volatilityTails[at + 1];
        baseline =
                volatilityCount == baselineWindow
                        ? volatilityAnchor + sum / baselineWindow
                        : Double.NaN;
    }

    private void beginVolatilities(long itsNumber, double value) {
        boolean first = volatilityCount == 0;
        volatilityPosition = (int) Math.floorMod(itsNumber, (long) baselineWindow);
        if (first || volatilityPosition == 0) {
            int from = first ? baselineWindow : volatilityStart;
            double sum = 0;
            for (int at = baselineWindow - 1; at >= from; at--) {
                sum += volatilities[at] - value;
                volatilityTails[at] = sum;
            }
            Arrays.fill(volatilityTails, 0, from, sum);
            volatilityStart = volatilityPosition;
            volatilityAnchor = value;
            volatilitySum = 0;
        }
        volatilityCount = Math.min(volatilityCount + 1, baselineWindow);
    }

    /** p / p₋₁ − 1. */
    public double change() {
        return change;
    }

    /** Sample deviation of the last n returns, per bar. */
    public double volatility() {
        return volatility;
    }

    /** Mean of the last m volatilities. */
    public double baseline() {
        return baseline;
    }

    /** (p − mean) / sample deviation of the last n closes. */
    public double zScore() {
        return zScore;
    }

    /** All features of the latest bar, to keep. */
    public FeatureValues values() {
        double log = StrictMath.log(ratio); // the same bits on every machine
        return new FeatureValues(
                change,
                Double.isFinite(log) ? log : Double.NaN,
                volatility,
                volatility * perYear,
                baseline,
                mean,
                zScore);
    }

    /** A hole: no return across it, and every window fills anew. */
    public void clear() {
        close = Double.NaN;
        closeCount = 0; // the others empty themselves with the return that is missing
    }

    /** Closes in the z-score's window, up to n: how far the warm-up is. */
    public int warm() {
        return closeCount;
    }

    /** Writes the exact state, for {@link #restore}. */
    public void save(DataOutput state) throws IOException {
        state.writeDouble(close);
        save(state, changes, position, changeCount);
        save(state, volatilities, volatilityPosition, volatilityCount);
        save(state, closes, position, closeCount);
    }

    private void save(DataOutput state, double[] values, int last, int count) throws IOException {
        state.writeInt(count);
        state.writeLong(number);
        for (int back = count - 1; back >= 0; back--) {
            state.writeDouble(values[Math.floorMod(last - back, values.length)]);
        }
    }

    /**
     * Continues exactly where {@link #save} was called: windows depend on their values alone, so
     * taking these again is the state.
     */
    public void restore(DataInput state) throws IOException {
        clear();
        change = Double.NaN;
        changeCount = 0;
        volatilityCount = 0;
        double last = state.readDouble();
        double[] savedChanges = read(state, window);
        double[] savedVolatilities = read(state, baselineWindow);
        double[] savedCloses = read(state, window);
        long latest = number;
        int lacking = savedCloses.length - savedChanges.length; // the first close has no return
        for (int i = 0; i < savedCloses.length; i++) {
            long itsNumber = latest - (savedCloses.length - 1 - i);
            take(itsNumber, savedCloses[i], i < lacking ? Double.NaN : savedChanges[i - lacking]);
        }
        for (int i = 0; i < savedVolatilities.length; i++) {
            takeVolatility(latest - (savedVolatilities.length - 1 - i), savedVolatilities[i]);
        }
        number = latest;
        close = last;
    }

    private double[] read(DataInput state, int most) throws IOException {
        int count = state.readInt();
        if (count < 0 || count > most) {
            throw new IOException("a state of another window: " + count + " values");
        }
        number = state.readLong();
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = state.readDouble();
        }
        return values;
    }
}
