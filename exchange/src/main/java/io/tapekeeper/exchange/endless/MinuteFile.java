package io.tapekeeper.exchange.endless;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The starts of a symbol's minutes, one record of fixed size for each, in order: 480 bytes a minute, 0.7 MB a day. Any
 * thread may read, one thread at a time may write.
 */
final class MinuteFile implements AutoCloseable {
    private final FileChannel channel;
    private final int recordSize;
    private final long firstMinute;

    /** @param firstMinute the minute of the first record, in minutes since the epoch */
    MinuteFile(Path file, int recordSize, long firstMinute) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.recordSize = recordSize;
        this.firstMinute = firstMinute;
    }

    /** The minute after the last whole record. */
    long endMinute() {
        try {
            return firstMinute + channel.size() / recordSize;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty if there is no record or it is damaged. */
    Optional<MinuteStart> read(long minute) {
        ByteBuffer bytes = ByteBuffer.allocate(recordSize);
        try {
            long at = (minute - firstMinute) * recordSize;
            while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
                // a read may return fewer bytes than requested
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.flip();
        return bytes.limit() == recordSize && MinuteStart.isWhole(bytes, minute)
                ? Optional.of(MinuteStart.decode(bytes))
                : Optional.empty();
    }

    void write(long minute, MinuteStart start) {
        ByteBuffer bytes = start.encode(minute);
        try {
            long at = (minute - firstMinute) * recordSize;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
