package io.tapekeeper.health;

import java.util.List;

/**
 * State of the process as a whole. The recorder reports it about once a second; a part that is not measured is null.
 *
 * @param rate what the venue's request limit leaves
 * @param writing the store's writer
 * @param disk the disk that holds the store
 * @param dataQuality the open alerts about the data, the worst first
 */
public record SystemHealth(RateBudget rate, Writing writing, Disk disk, List<QualityAlert> dataQuality) {
    /** Nothing is measured yet. */
    public static final SystemHealth UNKNOWN = new SystemHealth(null, null, null, List.of());

    /**
     * The venue's limit of REST requests, in the weights that the venue counts.
     *
     * @param host the host that sets the limit
     * @param limit weight that may be used in a minute
     * @param used weight used in the last minute by all programs on this address
     * @param repairUsed the part of {@code used} that repairs took
     * @param bannedUntil end of the venue's ban of this address, epoch microseconds; 0 = there is none
     */
    public record RateBudget(String host, long limit, long used, long repairUsed, long bannedUntil) {}

    /**
     * The store's writer.
     *
     * @param queued entries waiting to be written
     * @param bound entries that may wait; beyond it the feed waits
     * @param trouble why nothing can be written now, one sentence; empty while writing works
     */
    public record Writing(long queued, long bound, String trouble) {}

    /**
     * The disk that holds the store.
     *
     * @param freeBytes space that this user may still fill
     * @param bytesPerDay growth of the store; NaN until it is known
     */
    public record Disk(long freeBytes, double bytesPerDay) {
        /**
         * Days until the disk is full at this pace; NaN until that is known, infinite where the store does not grow.
         */
        public double daysLeft() {
            return bytesPerDay > 0
                    ? (double) freeBytes / bytesPerDay
                    : Double.isNaN(bytesPerDay) ? Double.NaN : Double.POSITIVE_INFINITY;
        }
    }

    public SystemHealth {
        dataQuality = List.copyOf(dataQuality);
    }

    /** The same measurements with these alerts. */
    public SystemHealth with(List<QualityAlert> alerts) {
        return new SystemHealth(rate, writing, disk, alerts);
    }
}
