package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A store file as SQLite sees it: whether it is ours, connections to it, its schema.
 *
 * <p>The file is only ever opened through SQLite: on POSIX systems, opening and closing it in any other way would
 * release the locks of SQLite's connections in the same process.
 *
 * @param path absolute, without symbolic links
 */
record SqliteFile(Path path) {
    /** "Tape" in ASCII. */
    static final int APPLICATION_ID = 0x54617065;

    /** How long an opening writer waits for another program: enough for a long transaction. */
    private static final int WRITER_BUSY_MILLIS = 20_000;

    private static final int READER_BUSY_MILLIS = 5_000;

    /**
     * Pages that the log may take before it is folded into the file, 32 MiB. A fold waits for the disk twice, 7 to 9 ms
     * each where that was measured, whether it is of 4 KiB or of 4 MiB, which is where SQLite's own 1,000 pages are. A
     * slow recording is folded by the writer thread's clock, long before.
     */
    static final int LOG_PAGES = 8_192;

    private static final int CORRUPT = 11; // SQLITE_CORRUPT
    private static final int NOTADB = 26; // SQLITE_NOTADB

    private static final String NO_DATABASE = " is no database: name another file.";

    private static final String DAMAGE = " is damaged: keep a copy and check the disk.";

    /** How many migrations there are. */
    private static final int VERSION = 5;

    /** The scripts of every schema version, oldest first. */
    static final List<String> SCRIPTS =
            IntStream.rangeClosed(1, VERSION).mapToObj(SqliteFile::script).toList();

    private static String script(int version) {
        String name = "schema-%d.sql".formatted(version);
        try (InputStream in = SqliteFile.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the program's files", e);
        }
    }

    /**
     * The file at {@code path}, which is there.
     *
     * @throws StoreException CANNOT_OPEN for a folder and for what cannot be reached
     */
    static SqliteFile existing(Path path) {
        if (Files.isDirectory(path)) {
            throw new StoreException(Kind.CANNOT_OPEN, path.toAbsolutePath() + " is a folder: name a file in it.");
        }
        try {
            return new SqliteFile(path.toRealPath());
        } catch (IOException e) {
            throw unreachable(path, e);
        }
    }

    /**
     * The store at {@code path}, in which something is recorded.
     *
     * @throws StoreException MISSING, NOT_A_DATABASE, DAMAGED, CANNOT_OPEN
     */
    static SqliteFile recorded(Path path) {
        if (!Files.exists(path)) {
            throw new StoreException(
                    Kind.MISSING,
                    "there is no file %s: record first, or name another file.".formatted(path.toAbsolutePath()));
        }
        SqliteFile file = existing(path);
        if (!file.holdsStore()) {
            throw new StoreException(
                    Kind.MISSING, "nothing is recorded in %s yet: record first.".formatted(file.path()));
        }
        return file;
    }

    private static StoreException unreachable(Path path, IOException e) {
        return new StoreException(
                Kind.CANNOT_OPEN,
                "%s cannot be reached (%s): check the permissions.".formatted(path.toAbsolutePath(), e.getMessage()),
                e);
    }

    /**
     * The file at {@code path}, which need not be there; its folder is made.
     *
     * @throws StoreException READ_ONLY or CANNOT_OPEN where the folder cannot be made
     */
    static SqliteFile place(Path path) {
        if (Files.exists(path)) {
            return existing(path);
        }
        Path absolute = path.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute.getParent());
            return new SqliteFile(absolute.getParent().toRealPath().resolve(absolute.getFileName()));
        } catch (AccessDeniedException e) {
            throw new StoreException(
                    Kind.READ_ONLY,
                    "%s may not be written: allow it, or record into another folder.".formatted(e.getFile()),
                    e);
        } catch (IOException e) {
            throw new StoreException(
                    Kind.CANNOT_OPEN,
                    "the folder of %s cannot be made (%s): record into another folder."
                            .formatted(absolute, e.getMessage()),
                    e);
        }
    }

    /**
     * Refuses a file that is something else, without touching it.
     *
     * @return whether it holds a store; false for an empty file, which is still to become one
     */
    boolean holdsStore() {
        // Immutable: takes no lock, leaves no file beside it. The application id stands in the file
        // from its first commit on, made before the file is switched to a write-ahead log.
        try (Connection connection = connect("?immutable=1", true, READER_BUSY_MILLIS)) {
            return holdsStore(connection);
        } catch (SQLException e) {
            if (kind(e) != CORRUPT) {
                throw failure(e);
            }
        }
        // While its log is being folded in, or where that was cut short, the file may be shorter
        // than its first page says; with the log it is sound.
        try (Connection connection = connect("", true, READER_BUSY_MILLIS)) {
            return holdsStore(connection);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private boolean holdsStore(Connection connection) throws SQLException {
        try {
            long size = Files.size(path);
            if (size == 1) { // which SQLite takes for an empty file, and would write over
                throw new StoreException(Kind.NOT_A_DATABASE, path + NO_DATABASE);
            }
            if (size > 0 && number(connection, "PRAGMA application_id") != APPLICATION_ID) {
                throw new StoreException(
                        Kind.NOT_A_DATABASE, path + " is the database of another program: name another file.");
            }
            return size > 0;
        } catch (IOException e) {
            throw unreachable(path, e);
        }
    }

    /** The writer's connection, schema brought up to date, ready to record. */
    Connection openForWriting(Durability durability, List<String> scripts) throws SQLException {
        Connection connection = connect("", false, WRITER_BUSY_MILLIS);
        boolean opened = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 4096"); // heeded before the first table only
            migrate(connection, scripts);
            try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
                mode.next();
                if (!mode.getString(1).equals("wal")) {
                    throw new StoreException(
                            Kind.CANNOT_OPEN,
                            "%s lies where SQLite can keep no write-ahead log: record onto a local disk."
                                    .formatted(path));
                }
            }
            statement.execute("PRAGMA synchronous = " + durability);
            statement.execute("PRAGMA cache_size = -16384"); // KiB
            statement.execute("PRAGMA journal_size_limit = 67108864"); // after a burst, in bytes
            statement.execute("PRAGMA wal_autocheckpoint = " + LOG_PAGES);
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    /** Runs the scripts that the file has not seen, all of them or none. */
    private void migrate(Connection connection, List<String> scripts) throws SQLException {
        int version = checkVersion(connection, scripts.size());
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

    private int checkVersion(Connection connection, int known) throws SQLException {
        int version = (int) number(connection, "PRAGMA user_version");
        if (version > known) {
            throw new StoreException(
                    Kind.NEWER_SCHEMA,
                    "%s has schema %d and this version knows schema %d: use the newer version that wrote it."
                            .formatted(path, version, known));
        }
        return version;
    }

    /** A connection that cannot write. */
    Connection openForReading() throws SQLException {
        Connection connection;
        try {
            connection = checked(connect("", true, READER_BUSY_MILLIS));
        } catch (SQLiteException e) {
            if (Files.exists(beside("-wal"))) {
                throw e;
            }
            // A folder in which no write-ahead log can be made: nobody records here.
            connection = checked(connect("?immutable=1", true, READER_BUSY_MILLIS));
        }
        return connection;
    }

    private Connection checked(Connection connection) throws SQLException {
        boolean fine = false;
        try {
            int version = checkVersion(connection, SCRIPTS.size());
            if (version < SCRIPTS.size()) {
                throw new StoreException(
                        Kind.CANNOT_OPEN,
                        "%s has the older schema %d: record into it once, which brings it up to date."
                                .formatted(path, version));
            }
            fine = true;
            return connection;
        } finally {
            if (!fine) {
                connection.close();
            }
        }
    }

    private Connection connect(String options, boolean readOnly, int busyMillis) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        // The driver lets one thread at a time into a connection. SQLite's own lock for that, taken
        // at each value that is bound, was 7 % of what a recorder does.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.setBusyTimeout(busyMillis);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setGetGeneratedKeys(false); // asking for them would double the time of an insert
        return JDBC.createConnection(JDBC.PREFIX + path.toUri() + options, config.toProperties());
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Size of the file, or of the one beside it, in bytes; 0 where it is not there. */
    long bytes(String suffix) {
        return beside(suffix).toFile().length();
    }

    /** Room left on the file's disk, in bytes. */
    long freeBytes() {
        return path.getParent().toFile().getUsableSpace();
    }

    /** A file that belongs to this one. */
    Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** What SQLite says, as one plain sentence with a remedy. */
    StoreException failure(SQLException e) {
        return switch (kind(e)) {
            case NOTADB -> failure(e, Kind.NOT_A_DATABASE, NO_DATABASE);
            case CORRUPT -> failure(e, Kind.DAMAGED, DAMAGE);
            case 5, 6 -> // SQLITE_BUSY, SQLITE_LOCKED
                failure(e, Kind.LOCKED, " is held busy by another program: end that one.");
            case 8 -> // SQLITE_READONLY
                new StoreException(Kind.READ_ONLY, unwritable() + " may not be written: allow it.", e);
            case 13 -> // SQLITE_FULL
                failure(e, Kind.WRITE_FAILED, " cannot grow, the disk is full: make room.");
            default ->
                failure(
                        e,
                        Kind.CANNOT_OPEN,
                        " cannot be used (%s): check the disk and the permissions.".formatted(code(e).message));
        };
    }

    /** The file, or one beside it that a reader of another user has left. */
    private Path unwritable() {
        if (!Files.exists(path) || Files.isWritable(path)) {
            for (String suffix : new String[] {"-wal", "-shm"}) {
                if (Files.exists(beside(suffix)) && !Files.isWritable(beside(suffix))) {
                    return beside(suffix);
                }
            }
        }
        return path;
    }

    /** What SQLite says of a file that was a store when it was opened. */
    StoreException failureOfAStore(SQLException e) {
        return kind(e) == NOTADB ? failure(e, Kind.DAMAGED, DAMAGE) : failure(e);
    }

    /** Whether writing may succeed a little later, when somebody has made room or ended. */
    static boolean mayPass(SQLException e) {
        return switch (kind(e)) {
            case 5, 6, 7 -> true; // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM
            case 8, 10, 13 -> true; // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL
            case 14, 15 -> true; // SQLITE_CANTOPEN, of its log; SQLITE_PROTOCOL, of its locks
            default -> false;
        };
    }

    private static SQLiteErrorCode code(SQLException e) {
        return e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    }

    /** SQLite's primary result code: the lower byte; the rest says more of it. */
    private static int kind(SQLException e) {
        return code(e).code & 0xff;
    }

    private StoreException failure(SQLException e, Kind kind, String what) {
        return new StoreException(kind, path + what, e);
    }
}
