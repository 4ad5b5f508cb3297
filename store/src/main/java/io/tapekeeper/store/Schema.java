package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The schema of a store file: a script for each version, and how many of them a file has seen. */
final class Schema {
    /** "Tape" in ASCII. */
    static final int APPLICATION_ID = 0x54617065;

    /** The scripts of every version, oldest first: {@code schema-1.sql} and so on, as many as there are. */
    static final List<String> SCRIPTS = Stream.iterate(1, version -> version + 1)
            .map(version -> script("schema-%d.sql".formatted(version)))
            .takeWhile(Optional::isPresent)
            .map(Optional::get)
            .toList();

    private Schema() {}

    private static Optional<String> script(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the program's files", e);
        }
    }

    /** Runs the scripts that a file has not seen, all of them or none. */
    static void migrate(Connection connection, Path file, List<String> scripts) throws SQLException {
        int version = version(connection, file, scripts.size());
        if (version == scripts.size()) {
            return;
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String script : scripts.subList(version, scripts.size())) {
                statement.executeUpdate(script); // runs every statement of it
            }
            statement.executeUpdate("PRAGMA application_id = " + APPLICATION_ID);
            statement.executeUpdate("PRAGMA user_version = " + scripts.size());
        }
        connection.setAutoCommit(true); // ends the transaction
    }

    /**
     * Refuses a file that is to be read and has another schema than this version of the program.
     *
     * @throws StoreException NEWER_SCHEMA, or CANNOT_OPEN for an older one
     */
    static void checkCurrent(Connection connection, Path file) throws SQLException {
        int version = version(connection, file, SCRIPTS.size());
        if (version < SCRIPTS.size()) {
            throw new StoreException(
                    Kind.CANNOT_OPEN,
                    "%s has the older schema %d: record into it once, which brings it up to date."
                            .formatted(file, version));
        }
    }

    private static int version(Connection connection, Path file, int known) throws SQLException {
        int version = (int) RowMapper.numberOf(connection, "PRAGMA user_version");
        if (version > known) {
            throw new StoreException(
                    Kind.NEWER_SCHEMA,
                    "%s has schema %d and this version knows schema %d: use the newer version that wrote it."
                            .formatted(file, version, known));
        }
        return version;
    }

    /** Whether a file belongs to this program. */
    static boolean isOurs(Connection connection) throws SQLException {
        return RowMapper.numberOf(connection, "PRAGMA application_id") == APPLICATION_ID;
    }
}
