package io.tapekeeper.health;

import java.util.List;

/**
 * How the process stands, whatever it records. Told about once a second; each part is null where nobody measures it.
 *
 * @param dataQuality the alerts that are open, the worst first
 */
public record SystemHealth(RateBudget rate, Writing writing, Disk disk, List<QualityAlert> dataQuality) {
    /** Nothing is known. */
    public static final SystemHealth UNKNOWN = new SystemHealth(null, null, null, List.of());

    /**
     * What the venue's REST limit leaves, in the venue's weights.
     *
     * @param host whose limit it is
     * @param limit weight that may be used in a minute
     * @param used weight used in the last minute, by whomever of this address
     * @param repairUsed the part of it that went into repairs
     * @param bannedUntil until when the venue refuses this address, epoch microseconds; 0 = it does not
     */
    public record RateBudget(String host, long limit, long used, long repairUsed, long bannedUntil) {}

    /**
     * The store's writer.
     *
     * @param queued entries that wait to be written
     * @param bound how many may wait before the feed has to
     * @param trouble why nothing can be written now, one sentence; empty where it can
     */
    public record Writing(long queued, long bound, String trouble) {}

    /**
     * The disk that holds the store.
     *
     * @param freeBytes what this user may still write
     * @param bytesPerDay how fast the store grows; NaN where that is not known yet
     */
    public record Disk(long freeBytes, double bytesPerDay) {
        /** Until it is full at this pace; NaN where that is not known, infinite where it is never. */
        public double daysLeft() {
            return bytesPerDay > 0
                    ? (double) freeBytes / bytesPerDay
                    : Double.isNaN(bytesPerDay) ? Double.NaN : Double.POSITIVE_INFINITY;
        }
    }

    public SystemHealth {
        dataQuality = List.copyOf(dataQuality);
    }
}
