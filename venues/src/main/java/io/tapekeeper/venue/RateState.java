package io.tapekeeper.venue;

/**
 * What is left at one moment of the weight that a venue grants our address. It counts all processes that share the
 * governor's file.
 *
 * @param host whose limit it is
 * @param limit weight per minute that the venue allows one address
 * @param used weight of the last minute, that of other programs on this address included where the venue has counted it
 * @param repairUsed the part of {@code used} that repairs took
 * @param reserve weight of the limit that is never used
 * @param bannedUntilMicros no request before this time, epoch microseconds of our clock; 0 where none is forbidden
 * @param connects attempts to open a socket within the last five minutes
 * @param requests since the file began
 * @param refusals429 answers "too many requests" since the file began
 * @param bans418 answers "banned" since the file began
 */
public record RateState(
        String host,
        int limit,
        int used,
        int repairUsed,
        int reserve,
        long bannedUntilMicros,
        int connects,
        long requests,
        long refusals429,
        long bans418) {}
