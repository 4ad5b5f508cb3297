package io.tapekeeper.store;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * A query for rows without end, read as many short ones: their consumer runs between them, so neither other readers nor
 * the recorder wait for it, and it may query the store itself.
 *
 * @param select without order; what it selects by, in {@code ?}, are its keys
 * @param column orders the rows, each value once
 * @param position the value of that column in what was read
 */
record ChunkedQuery<T>(String select, String column, RowMapper.Reading<T> reading, ToLongFunction<T> position) {
    /** Rows of one query at most: some milliseconds. */
    static final int ROWS = 4_096;

    /** Passes on the rows from one position to another, excluded, ascending. */
    void read(ReaderConnection store, long from, long to, Consumer<T> out, Object... keys) {
        String chunked = "%1$s AND %2$s >= ? AND %2$s < ? ORDER BY %2$s LIMIT ?".formatted(select, column);
        Object[] values = Arrays.copyOf(keys, keys.length + 3);
        values[keys.length] = from;
        values[keys.length + 1] = to;
        values[keys.length + 2] = ROWS;
        List<T> chunk;
        do {
            chunk = store.rows(chunked, reading, values);
            chunk.forEach(out);
            if (!chunk.isEmpty()) {
                values[keys.length] = position.applyAsLong(chunk.getLast()) + 1;
            }
        } while (chunk.size() == ROWS);
    }
}
