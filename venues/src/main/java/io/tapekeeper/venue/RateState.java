package io.tapekeeper.venue;

/**
 * What is left of a venue's patience with our address, at one moment. It counts all processes that share the governor's
 * file.
 *
 * @param host the venue's, as its limit is told
 * @param limit weight per minute that the venue allows one address
 * @param used weight of the last minute, that of other programs on this address included where the venue told of it
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
