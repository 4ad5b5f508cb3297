package io.tapekeeper.exchange.endless;

import io.tapekeeper.exchange.market.UnusableSourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import java.util.zip.CRC32C;

/**
 * How far a synthetic market has been played: a header that identifies the market, and two notes written in turn, each
 * with a checksum, so that one of them is whole at any moment. The file is mapped into memory: a note survives the
 * death of the process, but not a power cut. Locked while open. Only the player thread writes.
 */
final class PlaybackNote implements AutoCloseable {
    private static final long MAGIC = 0x5441_5045_504c_4159L; // "TAPEPLAY"
    private static final int HEADER = 5 * Long.BYTES; // magic, seed, start, market, checksum
    private static final int HEADER_CHECKSUM = 4 * Long.BYTES;
    private static final int CHECKSUM = Long.BYTES;

    private final FileChannel channel;
    private final MappedByteBuffer map;
    private final int noteSize;
    private final long startMicros;
    private final long[] lastIds;
    private long tapeTime;
    private long notes;

    /**
     * The identity of a market.
     *
     * @param fingerprint checksum of the market that starts at a tape time
     */
    record Market(long seed, int symbols, LongUnaryOperator fingerprint) {}

    private PlaybackNote(FileChannel channel, boolean mayBegin, Market market, long startIfNew)
            throws IOException, UnusableSourceException {
        this.channel = channel;
        noteSize = (2 + market.symbols()) * Long.BYTES + CHECKSUM; // number, tape time, ids, checksum
        map = channel.map(MapMode.READ_WRITE, 0, HEADER + 2L * noteSize);
        lastIds = new long[market.symbols()];
        if (map.getLong(HEADER_CHECKSUM) == 0 && mayBegin) {
            // New, or the process that created it ended before it wrote this checksum, the last word.
            startMicros = startIfNew;
            Arrays.fill(lastIds, -1);
            write(startMicros, lastIds);
            map.putLong(0, MAGIC).putLong(8, market.seed()).putLong(16, startMicros);
            map.putLong(24, market.fingerprint().applyAsLong(startMicros));
            map.putLong(HEADER_CHECKSUM, checksum(0, HEADER_CHECKSUM));
        } else {
            startMicros = map.getLong(16);
            readHeader(market);
            readNotes();
        }
    }

    /**
     * @param mayBegin whether the file may be new
     * @param startIfNew tape time at which a new market starts
     * @throws DamagedException if the file is damaged
     * @throws UnusableSourceException if it belongs to another market or is in use
     */
    static PlaybackNote open(Path file, boolean mayBegin, Market market, long startIfNew)
            throws IOException, UnusableSourceException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (!lock(channel)) {
                throw new UnusableSourceException(
                        "The market in %s is being played by another exchange; stop that one or choose another folder."
                                .formatted(file.getParent()));
            }
            return new PlaybackNote(channel, mayBegin, market, startIfNew);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            return false;
        }
    }

    private void readHeader(Market market) throws IOException {
        if (map.getLong(0) != MAGIC || map.getLong(HEADER_CHECKSUM) != checksum(0, HEADER_CHECKSUM)) {
            throw new DamagedException();
        }
        if (map.getLong(8) != market.seed()) {
            throw new UnusableSourceException(
                    "The saved market is that of seed %d, not %d; start it with its own seed or choose another folder."
                            .formatted(map.getLong(8), market.seed()));
        }
        if (map.getLong(24) != market.fingerprint().applyAsLong(startMicros)) {
            throw new UnusableSourceException(
                    "The saved market was made by another version of the generator and cannot go on; move its folder away or choose another.");
        }
    }

    private void readNotes() throws DamagedException {
        for (int at = HEADER; at < map.limit(); at += noteSize) {
            int end = at + noteSize - CHECKSUM;
            if (map.getLong(end) == checksum(at, end) && map.getLong(at) > notes) {
                notes = map.getLong(at);
                tapeTime = map.getLong(at + 8);
                for (int i = 0; i < lastIds.length; i++) {
                    lastIds[i] = map.getLong(at + 16 + 8 * i);
                }
            }
        }
        if (notes == 0) {
            throw new DamagedException();
        }
    }

    void write(long time, long[] ids) {
        notes++;
        tapeTime = time;
        int at = HEADER + (int) (notes % 2) * noteSize;
        map.putLong(at, notes).putLong(at + 8, time);
        for (int i = 0; i < ids.length; i++) {
            map.putLong(at + 16 + 8 * i, ids[i]);
        }
        int end = at + noteSize - CHECKSUM;
        map.putLong(end, checksum(at, end));
    }

    private long checksum(int from, int to) {
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = map.duplicate();
        crc.update(bytes.limit(to).position(from));
        return crc.getValue() + 1; // so that zeros are no valid note
    }

    /** The tape time at which the market began. */
    long startMicros() {
        return startMicros;
    }

    /** Tape time of the last note. */
    long tapeTime() {
        return tapeTime;
    }

    /** The last id played per tape when the file was opened, −1 if none was. */
    long lastId(int tape) {
        return lastIds[tape];
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The file does not hold what was written. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
