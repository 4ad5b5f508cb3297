package io.tapekeeper.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The writer's connection: its transactions, and each statement prepared once. One thread at a time. */
final class WriterConnection {
    /** How long BEGIN waits for another program that writes, before it fails. */
    private static final int BUSY_MILLIS = 1_000;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>(); // one for each SQL

    /** @param connection nothing else may write through it */
    WriterConnection(Connection connection) throws SQLException {
        this.connection = connection;
        // The driver's own transactions forget where they were when a COMMIT fails, so this class
        // writes them in SQL; this only keeps the driver from ending one after each statement.
        connection.setAutoCommit(false);
        execute("COMMIT");
        execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
    }

    /** Begins a transaction; waits a moment where another program is writing. */
    void begin() throws SQLException {
        execute("BEGIN IMMEDIATE");
    }

    void commit() throws SQLException {
        execute("COMMIT");
    }

    /** Takes the transaction back, after whatever failed. */
    void rollback() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close(); // the driver has finalized the one that failed
        }
        statements.clear();
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            // There was none: BEGIN failed, or SQLite took it back itself, as it does on a full
            // disk. Anything else the next BEGIN meets again, and reports.
        }
    }

    /** Folds what the log holds into the file, as far as no reader still needs it. */
    void foldLog() throws SQLException {
        fold("PASSIVE");
    }

    /** The same before the connection is closed; the log is then empty where no reader needs it. */
    void foldWholeLog() throws SQLException {
        execute("PRAGMA busy_timeout = 300");
        fold("TRUNCATE");
    }

    /**
     * A disk that is full or fails at this loses nothing: the log stays beside the file, and both together are sound.
     */
    private void fold(String mode) throws SQLException {
        try {
            execute("PRAGMA wal_checkpoint(%s)".formatted(mode));
        } catch (SQLException e) {
            if (!SqliteFile.mayPass(e)) {
                throw e;
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns how many rows it changed. */
    int update(String sql, Object... values) throws SQLException {
        PreparedStatement statement = prepared(sql);
        RowMapper.bind(statement, values);
        return statement.executeUpdate();
    }

    /** The first number of the first row; empty where there is no row or it is NULL. */
    OptionalLong number(String sql, Object... values) throws SQLException {
        List<OptionalLong> first = rows(sql, RowMapper::optional, values);
        return first.isEmpty() ? OptionalLong.empty() : first.getFirst();
    }

    /** All rows, one after the other. */
    <T> List<T> rows(String sql, RowMapper.Reading<T> reading, Object... values) throws SQLException {
        return RowMapper.all(prepared(sql), reading, values);
    }

    /** The statement of this text, until the next {@link #rollback}. */
    PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }
}
