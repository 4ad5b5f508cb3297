package io.tapekeeper.exchange.rest;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Request weight per client address and minute, by local monotonic time. Beyond the limit a client gets 429; one that
 * continues is banned and gets 418, each ban twice as long as the last. Remembers the 1,024 addresses seen last.
 * Thread-safe.
 */
public final class WeightMeter {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final int ADDRESSES = 1_024;

    /** Refused requests in a minute that lead to a ban. */
    private static final int PATIENCE = 10;

    private static final long FIRST_BAN = 2 * MINUTE;
    private static final long LONGEST_BAN = 3 * 24 * 60 * MINUTE;

    /**
     * @param used weight used in the current minute, this request included
     * @param status 200, 429 or 418
     * @param retryAfter seconds to wait if the status is not 200
     */
    public record Verdict(int used, int status, long retryAfter) {}

    private static final class Usage {
        long minute = Long.MIN_VALUE;
        int used;
        int refused;
        int bans;
        long bannedUntil = Long.MIN_VALUE;
    }

    private final int limit;
    private final LongSupplier nanos;
    private final long origin;
    private int most;
    private long total;
    private final Map<InetAddress, Usage> usages = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Usage> eldest) {
            return size() > ADDRESSES;
        }
    };

    /**
     * @param limit weight per minute
     * @param nanos local monotonic time
     */
    public WeightMeter(int limit, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
        origin = nanos.getAsLong();
    }

    public int limit() {
        return limit;
    }

    /** The highest weight that one address has used, or tried to use, in a minute. */
    public synchronized int most() {
        return most;
    }

    /** The weight of all requests so far, refused ones included. */
    public synchronized long total() {
        return total;
    }

    public synchronized Verdict use(InetAddress client, int weight) {
        total += weight;
        long now = nanos.getAsLong() - origin;
        Usage usage = usages.computeIfAbsent(client, address -> new Usage());
        if (now < usage.bannedUntil) {
            return new Verdict(usage.used, 418, seconds(usage.bannedUntil - now));
        }
        long minute = now / MINUTE;
        if (minute != usage.minute) {
            usage.minute = minute;
            usage.used = 0;
            usage.refused = 0;
        }
        usage.used += weight;
        most = Math.max(most, usage.used);
        if (usage.used <= limit) {
            return new Verdict(usage.used, 200, 0);
        }
        usage.refused++;
        if (usage.refused > PATIENCE) {
            long ban = Math.min(LONGEST_BAN, FIRST_BAN << Math.min(usage.bans, 20));
            usage.bans++;
            usage.bannedUntil = now + ban;
            return new Verdict(usage.used, 418, seconds(ban));
        }
        return new Verdict(usage.used, 429, seconds((minute + 1) * MINUTE - now));
    }

    private static long seconds(long nanos) {
        return Math.max(1, (nanos + SECOND - 1) / SECOND);
    }
}
