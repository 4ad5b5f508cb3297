package io.tapekeeper.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The read-only connection of a {@link History}. Any thread may query it, one at a time; all methods throw
 * {@link StoreException} where the file can no longer be read.
 */
final class ReaderConnection implements AutoCloseable {
    private final SqliteFile file;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();

    ReaderConnection(SqliteFile file) {
        this.file = file;
        try {
            connection = file.openForReading();
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /** All rows, one after the other. */
    <T> List<T> rows(String sql, RowMapper.Reading<T> reading, Object... values) {
        return alone(() -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return RowMapper.all(statement, reading, values);
            }
        });
    }

    /** The first number of the first row; empty where there is no row or it is NULL. */
    OptionalLong number(String sql, Object... values) {
        List<OptionalLong> first = rows(sql, RowMapper::optional, values);
        return first.isEmpty() ? OptionalLong.empty() : first.getFirst();
    }

    /** Runs queries that all see the store at one moment; other threads wait. */
    <T> T atOneMoment(Supplier<T> queries) {
        return alone(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
                try {
                    return queries.get();
                } finally {
                    statement.execute("COMMIT");
                }
            }
        });
    }

    @Override
    public void close() {
        alone(() -> {
            connection.close();
            return null;
        });
    }

    private interface Access<T> {
        T run() throws SQLException;
    }

    /** Keeps other threads out meanwhile. */
    private <T> T alone(Access<T> access) {
        lock.lock();
        try {
            return access.run();
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            lock.unlock();
        }
    }
}
