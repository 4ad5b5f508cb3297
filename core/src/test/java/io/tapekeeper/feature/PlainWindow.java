package io.tapekeeper.feature;

/**
 * Mean and sample deviation of the last n values, one window at a time: the sums that {@link ClassicFeatures} takes for
 * three windows at once, in the same order and so with the same bits.
 */
final class PlainWindow {
    private final int size;
    private final boolean anchored; // or sums of the values themselves, which are never negative
    private final double[] values; // by position: the head of this block, then what is left of the last
    private final double[] tailSum; // over the last block from a position on, around this anchor
    private final double[] tailSquares;
    private int count;
    private int blockStart; // position of the first value of this block: 0 unless the series began in
    // it
    private int tailStart; // position of the first value of the last block; size = there is none
    private long number;
    private int position;
    private double anchor;
    private double latest;
    private double headSum;
    private double headSquares;
    private int equalRun;

    PlainWindow(int size, boolean anchored) {
        if (size < 2) {
            throw new IllegalArgumentException("a window needs at least 2 values: " + size);
        }
        this.size = size;
        this.anchored = anchored;
        values = new double[size];
        tailSum = new double[size + 1];
        tailSquares = new double[size + 1];
        tailStart = size;
    }

    /**
     * Takes the next value.
     *
     * @param itsNumber one more than the last, unless the window is empty
     */
    void add(long itsNumber, double value) {
        if (count > 0 && itsNumber != number + 1) {
            throw new IllegalStateException("value %d does not follow value %d".formatted(itsNumber, number));
        }
        number = itsNumber;
        if (count == 0) {
            position = (int) Math.floorMod(itsNumber, (long) size);
            blockStart = position;
            tailStart = size;
            beginBlock(value);
        } else if (++position == size) {
            position = 0;
            tailStart = blockStart;
            blockStart = 0;
            beginBlock(value);
        }
        equalRun = count > 0 && value == latest ? Math.min(equalRun + 1, size) : 1;
        latest = value;
        values[position] = value;
        double distance = value - anchor;
        headSum += distance;
        headSquares += distance * distance;
        count = Math.min(count + 1, size);
    }

    private void beginBlock(double first) {
        anchor = anchored ? first : 0;
        headSum = 0;
        headSquares = 0;
        double sum = 0;
        double squares = 0;
        for (int at = size - 1; at >= tailStart; at--) {
            double distance = values[at] - anchor;
            sum += distance;
            squares += distance * distance;
            tailSum[at] = sum;
            tailSquares[at] = squares;
        }
    }

    /** Forgets everything: a window never reaches across a hole. */
    void clear() {
        count = 0;
    }

    boolean full() {
        return count == size;
    }

    int count() {
        return count;
    }

    /** Whether the last n values are all equal. */
    boolean flat() {
        return equalRun >= size;
    }

    private double sum() {
        return headSum + tailSum[Math.max(position + 1, tailStart)];
    }

    double mean() {
        return anchor + sum() / count;
    }

    /** The same of a full window, with a constant in place of a division. */
    double fullMean() {
        return anchor + distanceOfMean();
    }

    /** The latest value less the mean, in sample deviations; of a full window. */
    double zScore() {
        return (latest - anchor - distanceOfMean()) / sampleDeviation();
    }

    /** √(Σ(x − mean)² / (n − 1)) of a full window. */
    double sampleDeviation() {
        double squares = headSquares + tailSquares[Math.max(position + 1, tailStart)];
        double variance = (squares - sum() * distanceOfMean()) * (1.0 / (size - 1));
        return Math.sqrt(variance);
    }

    /** Of a full window, from the anchor. */
    private double distanceOfMean() {
        return sum() * (1.0 / size);
    }
}
