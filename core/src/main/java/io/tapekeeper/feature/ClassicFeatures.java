package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * The classic features of one series of closes, one bar at a time, in amortised constant time and without drift. NaN =
 * no value.
 *
 * <ul>
 *   <li>return r = p / p₋₁ − 1, and ln(p / p₋₁); none for the first close, after a gap, where p₋₁ is 0, and beyond
 *       1e150
 *   <li>volatility: sample deviation of the last n returns in a row; 0 where all are equal
 *   <li>baseline: mean of the last m volatilities in a row
 *   <li>z-score: (p − mean) / sample deviation of the last n closes; none where all are equal; at most (n − 1) / √n
 * </ul>
 *
 * <p><b>Sums.</b> Bars carry consecutive numbers; blocks of n begin where the number is a multiple of n, so a window is
 * the tail of one block and the head of the next. When a block begins, its first value becomes the anchor a, and the
 * sums of (x − a) and (x − a)² over every tail of the block before are computed once; after that a value only adds to
 * the head's sums. Nothing is ever subtracted that was added before, so no error remains, and the anchor lies inside
 * the window, so that at least an n-th of Σ(x − a)² is left when the mean is taken off. The result depends on the
 * values in the window and their numbers alone, never on where the series began: a restart or a repair gives the same
 * bits. Method: a sliding window as suffix plus prefix of fixed blocks, after M. van Herk, Pattern Recognition Letters
 * 13 (1992), there for minima. Where all values are equal, each is the anchor, so that both sums and the variance are
 * 0, exactly, and nothing has to count them.
 *
 * <p><b>Divisions</b> and roots are what a bar waits for, so it takes two of each, and for the rest constants: with Σ =
 * Σ(x − a) and Σ² = Σ(x − a)² over the window and the mean's distance m = Σ / n, the variance is s² = (Σ² − Σ m) / (n −
 * 1), a volatility s, and z = (p − a − m) / s. Volatilities are never negative, so that their sums need no anchor.
 *
 * <p><b>What it gives up:</b> the windows of closes, returns and volatilities would be three objects of one class.
 * Written out side by side, with all that is rare (warm-up, gaps, a block's begin) behind one branch for all three, and
 * without objects for results, a bar with rules and signal takes half the time; in methods so small that the compiler
 * puts a whole bar into its caller's loop, a quarter less again. The logarithm costs as much as half of all this, so it
 * is taken where a row is kept, in {@link #values}.
 *
 * <p>O(n + m) memory, nothing allocated in {@link #update}. Not thread-safe.
 */
public final class ClassicFeatures {
    private static final double YEAR_MICROS = 365.0 * 24 * 60 * 60 * 1_000_000;
    private static final long NEVER = Long.MIN_VALUE; // before every bar
    private static final double LEAST = 1e-300; // variance; 0 where all are equal, else digits lost

    /** The most that a close or a return may be, in size: differences can be squared and summed. */
    public static final double LARGEST = 1e150;

    private final int window;
    private final int baselineWindow;
    private final double perYear;
    private final double perClose; // 1 / n
    private final double perFreedom; // 1 / (n - 1)
    private final double perVolatility; // 1 / m

    private long number;
    private long steadyUntil = NEVER; // where all windows are full: the end of either block
    private double ratio = Double.NaN;
    private double change = Double.NaN;
    private double volatility = Double.NaN;
    private double baseline = Double.NaN;
    private double zScore = Double.NaN;

    // Of each window: its values by position, the head of this block, then what is left of the last
    // one; and the sums over the last block from a position on, around the anchor, Σ and Σ². Closes
    // and returns lie side by side, a row of cells a position, so that a bar asks one array.
    private static final int ROW = 6;
    private static final int CLOSE = 0;
    private static final int CHANGE = 1;
    private static final int CLOSE_TAIL = 2;
    private static final int CHANGE_TAIL = 4;
    private final double[] cells;
    private int row; // of the latest bar

    private int closeCount;
    private int closeStart; // position of this block's first value; 0 unless the series began in it
    private double close = Double.NaN;
    private double closeAnchor;
    private double closeSum;
    private double closeSquares;

    private int changeCount;
    private int changeStart;
    private double changeAnchor;
    private double changeSum;
    private double changeSquares;

    // Of volatilities and of their tails, in a row, with blocks of their own length.
    private static final int PAIR = 2;
    private final double[] volatilities;
    private int volatilityRow;
    private int volatilityCount;
    private int volatilityStart;
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
        perClose = 1.0 / window;
        perFreedom = 1.0 / (window - 1);
        perVolatility = 1.0 / baselineWindow;
        cells = new double[ROW * (window + 1)];
        volatilities = new double[PAIR * (baselineWindow + 1)];
    }

    /**
     * Takes the next close; the features below are then those of its bar.
     *
     * @param itsNumber the bar's number since the epoch, one more than the last unless at the first close or after a
     *     gap
     * @param price its close, {@link #LARGEST} at most in size, which the caller sees to
     */
    public void update(long itsNumber, double price) {
        double itsRatio = price / close;
        double itsChange = itsRatio - 1;
        if (itsNumber < steadyUntil && itsNumber == number + 1 && Math.abs(itsChange) <= LARGEST) {
            number = itsNumber;
            ratio = itsRatio;
            row += ROW;
            volatilityRow += PAIR;
            takeClose(price);
            takeChange(itsChange);
            takeVolatility(volatility);
        } else {
            begin(itsNumber, price, Math.abs(itsChange) <= LARGEST ? itsChange : Double.NaN);
            beginVolatilities(itsNumber, volatility);
            ratio = itsRatio;
        }
    }

    private void takeClose(double price) {
        close = price;
        cells[row + CLOSE] = price;
        double distance = price - closeAnchor;
        double sum = closeSum + distance;
        double squares = closeSquares + distance * distance;
        closeSum = sum;
        closeSquares = squares;
        sum += cells[row + ROW + CLOSE_TAIL];
        squares += cells[row + ROW + CLOSE_TAIL + 1];
        double mean = sum * perClose;
        double variance = (squares - sum * mean) * perFreedom;
        zScore = variance > LEAST ? (distance - mean) / Math.sqrt(variance) : Double.NaN;
    }

    private void takeChange(double itsChange) {
        change = itsChange;
        cells[row + CHANGE] = itsChange;
        double distance = itsChange - changeAnchor;
        double sum = changeSum + distance;
        double squares = changeSquares + distance * distance;
        changeSum = sum;
        changeSquares = squares;
        sum += cells[row + ROW + CHANGE_TAIL];
        squares += cells[row + ROW + CHANGE_TAIL + 1];
        double variance = (squares - sum * (sum * perClose)) * perFreedom;
        // Never below 0: returns are multiples of 2^-53, so that no square is lost, and with the
        // anchor's own distance of 0 an n-th of Σ² is left, far more than rounding takes.
        volatility = Math.sqrt(variance);
    }

    private void takeVolatility(double value) {
        volatilities[volatilityRow] = value;
        volatilitySum += value;
        baseline = (volatilitySum + volatilities[volatilityRow + PAIR + 1]) * perVolatility;
    }

    /** Any other bar: a block begins, a window is not full, a return is missing, or it is refused. */
    private void begin(long itsNumber, double price, double itsChange) {
        boolean first = closeCount == 0;
        if (!first && itsNumber != number + 1) {
            throw new IllegalStateException("bar %d does not follow bar %d".formatted(itsNumber, number));
        }
        number = itsNumber;
        int position = (int) Math.floorMod(itsNumber, (long) window);
        row = ROW * position;
        if (first || position == 0) {
            sumTails(CLOSE, first ? window : closeStart, price);
            closeStart = position;
            closeAnchor = price;
            closeSum = 0;
            closeSquares = 0;
        }
        closeCount = Math.min(closeCount + 1, window);
        takeClose(price);
        if (closeCount < window) {
            zScore = Double.NaN;
        }

        boolean none = Double.isNaN(itsChange);
        if (!none && (changeCount == 0 || position == 0)) {
            sumTails(CHANGE, changeCount == 0 ? window : changeStart, itsChange);
            changeStart = position;
            changeAnchor = itsChange;
            changeSum = 0;
            changeSquares = 0;
        }
        changeCount = none ? 0 : Math.min(changeCount + 1, window);
        takeChange(itsChange);
        if (changeCount < window) {
            volatility = Double.NaN;
        }
    }

    /**
     * Sums a block's tails around the next block's anchor.
     *
     * @param column of the values
     * @param from position of the block's first value; the window's length where there is no block
     */
    private void sumTails(int column, int from, double anchor) {
        int tails = column == CLOSE ? CLOSE_TAIL : CHANGE_TAIL;
        double sum = 0;
        double squares = 0;
        for (int row = ROW * (window - 1); row >= ROW * from; row -= ROW) {
            double distance = cells[row + column] - anchor;
            sum += distance;
            squares += distance * distance;
            cells[row + tails] = sum;
            cells[row + tails + 1] = squares;
        }
        for (int row = ROW * (from - 1); row >= 0; row -= ROW) { // the series began later
            cells[row + tails] = sum;
            cells[row + tails + 1] = squares;
        }
    }

    /** The volatility of such a bar; NaN = none. */
    private void beginVolatilities(long itsNumber, double value) {
        int position = (int) Math.floorMod(itsNumber, (long) baselineWindow);
        volatilityRow = PAIR * position;
        if (Double.isNaN(value)) {
            volatilityCount = 0;
        } else {
            boolean first = volatilityCount == 0;
            if (first || position == 0) {
                sumVolatilityTails(first ? baselineWindow : volatilityStart);
                volatilityStart = position;
                volatilitySum = 0;
            }
            volatilityCount = Math.min(volatilityCount + 1, baselineWindow);
            takeVolatility(value);
        }
        boolean full = volatilityCount == baselineWindow;
        if (!full) {
            baseline = Double.NaN;
        }
        steadyUntil = full ? Math.min(blockEnd(itsNumber, window), blockEnd(itsNumber, baselineWindow)) : NEVER;
    }

    private static long blockEnd(long number, int window) {
        return number - Math.floorMod(number, (long) window) + window;
    }

    private void sumVolatilityTails(int from) {
        double sum = 0;
        for (int at = PAIR * (baselineWindow - 1); at >= PAIR * from; at -= PAIR) {
            sum += volatilities[at];
            volatilities[at + 1] = sum;
        }
        for (int at = PAIR * (from - 1); at >= 0; at -= PAIR) { // the series began later
            volatilities[at + 1] = sum;
        }
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

    /** Mean of the last n closes, or of as many as there are. */
    public double mean() {
        return closeAnchor + (closeSum + cells[row + ROW + CLOSE_TAIL]) / closeCount;
    }

    /** The features of the latest bar, to keep; what other classes compute has no value. */
    public FeatureValues values() {
        double[] values = new double[Feature.all().size()];
        Arrays.fill(values, Double.NaN);
        values(values);
        return FeatureValues.of(values);
    }

    /** The features of the latest bar, to keep, into the first places of {@code values}, in the catalogue's order. */
    public void values(double[] values) {
        double log = StrictMath.log(ratio); // the same bits on every machine
        values[Feature.RETURN.place()] = change;
        values[Feature.LOG_RETURN.place()] = Double.isFinite(log) && !Double.isNaN(change) ? log : Double.NaN;
        values[Feature.VOLATILITY.place()] = volatility;
        values[Feature.VOLATILITY_ANNUAL.place()] = volatility * perYear;
        values[Feature.BASELINE.place()] = baseline;
        values[Feature.ZSCORE.place()] = zScore;
    }

    /** A gap: there is no return across it, and every window fills again. */
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
        save(state, at -> cells[ROW * at + CHANGE], window, row / ROW, changeCount);
        save(state, at -> volatilities[PAIR * at], baselineWindow, volatilityRow / PAIR, volatilityCount);
        save(state, at -> cells[ROW * at + CLOSE], window, row / ROW, closeCount);
    }

    /** The newest values of a block, of so many positions, oldest first. */
    private void save(DataOutput state, IntToDoubleFunction value, int positions, int last, int count)
            throws IOException {
        state.writeInt(count);
        state.writeLong(number);
        for (int back = count - 1; back >= 0; back--) {
            state.writeDouble(value.applyAsDouble(Math.floorMod(last - back, positions)));
        }
    }

    /**
     * Continues exactly where {@link #save} was called: windows depend on their values alone, so taking these again is
     * the state.
     */
    public void restore(DataInput state) throws IOException {
        clear();
        ratio = Double.NaN;
        change = Double.NaN;
        volatility = Double.NaN;
        baseline = Double.NaN;
        zScore = Double.NaN;
        steadyUntil = NEVER;
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
            begin(itsNumber, savedCloses[i], i < lacking ? Double.NaN : savedChanges[i - lacking]);
        }
        for (int i = 0; i < savedVolatilities.length; i++) {
            beginVolatilities(latest - (savedVolatilities.length - 1 - i), savedVolatilities[i]);
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
