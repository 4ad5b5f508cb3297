package io.tapekeeper.analyze;

import java.io.IOException;
import java.io.InputStream;

/**
 * Cuts a stream of text at ends of lines ({@code \n}, {@code \r\n} or {@code \r}) into chunks.
 *
 * <p>Thread-safe: a worker that is free takes the next chunk. Bound: one chunk, and what was read after its last line.
 */
final class LineChunks {
    private final InputStream in;
    private final byte[] rest; // read already, after the last chunk
    private int restLength;
    private long tickets;
    private boolean ended;

    /** @param size of a chunk, in bytes; no line may be longer */
    LineChunks(InputStream in, int size) {
        this.in = in;
        rest = new byte[size];
    }

    /**
     * Fills {@code text}, which has the size of a chunk, and calls {@code taker} before another thread gets a chunk.
     *
     * @return false where there is nothing more
     */
    synchronized boolean next(byte[] text, Taker taker) throws IOException {
        if (ended) {
            return false;
        }
        System.arraycopy(rest, 0, text, 0, restLength);
        int length = restLength + in.readNBytes(text, restLength, text.length - restLength);
        ended = length < text.length;
        int whole = ended ? length : endOfLastLine(text);
        restLength = length - whole;
        System.arraycopy(text, whole, rest, 0, restLength);
        taker.take(tickets++, whole, ended);
        if (whole == 0) {
            ended = true; // a line that fits into no chunk: its taker says so
        }
        return true;
    }

    /** Takes note of a chunk. */
    interface Taker {
        /**
         * @param ticket 0 for the first chunk, then one more each
         * @param length bytes of whole lines; 0 for a line that is longer than a chunk, unless last
         * @param last whether nothing comes after it
         */
        void take(long ticket, int length, boolean last);
    }

    private static int endOfLastLine(byte[] text) {
        // A \r at the very end may be half of a \r\n, so it ends nothing yet.
        for (int at = text.length - 1; at >= 0; at--) {
            if (text[at] == '\n' || (text[at] == '\r' && at < text.length - 1)) {
                return at + 1;
            }
        }
        return 0;
    }
}
