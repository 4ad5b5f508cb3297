package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A store file as SQLite sees it: whether it is ours, connections to it, what its failures mean.
 *
 * <p>The file is only ever opened through SQLite: on POSIX systems, opening and closing it in any other way would
 * release the locks of SQLite's connections in the same process.
 *
 * @param path absolute, without symbolic links
 */
record SqliteFile(Path path) {
    /** How long an opening writer waits for another program: enough for a long transaction. */
    private static final int WRITER_BUSY_MILLIS = 20_000;

    private static final int READER_BUSY_MILLIS = 5_000;

    /**
     * Pages that the log may take before it is folded into the file, 32 MiB. A fold waits for the disk twice, 7 to 9 ms
     * each where that was measured, whether it is of 4 KiB or of 4 MiB, the size of SQLite's own 1,000 pages. In a slow
     * recording the writer thread's clock folds it long before.
     */
    static final int LOG_PAGES = 8_192;

    private static final int CORRUPT = 11; // SQLITE_CORRUPT
    private static final int NOTADB = 26; // SQLITE_NOTADB

    private static final String NO_DATABASE = " is no database: name another file.";

    private static final String DAMAGE = " is damaged: keep a copy and check the disk.";

    /**
     * The file at {@code path}, which exists.
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
     * The file at {@code path}, which need not exist; its folder is made.
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
        // than its first page has it; with the log it is sound.
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
            if (size > 0 && !Schema.isOurs(connection)) {
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
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 4096"); // heeded before the first table only
            Schema.migrate(connection, path, scripts);
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
            return connection;
        } catch (SQLException | StoreException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that cannot write. */
    Connection openForReading() throws SQLException {
        try {
            return openForReading("");
        } catch (SQLiteException e) {
            if (Files.exists(beside("-wal"))) {
                throw e;
            }
            // A folder in which no write-ahead log can be made: no recorder is at work here.
            return openForReading("?immutable=1");
        }
    }

    private Connection openForReading(String options) throws SQLException {
        Connection connection = connect(options, true, READER_BUSY_MILLIS);
        try {
            Schema.checkCurrent(connection, path);
            return connection;
        } catch (SQLException | StoreException e) {
            connection.close();
            throw e;
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
        config.setGetGeneratedKeys(false); // with them an insert takes twice the time
        return JDBC.createConnection(JDBC.PREFIX + path.toUri() + options, config.toProperties());
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

    /** A failure of SQLite, as one plain sentence with a remedy. */
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

    /** The same of a file that was a store when it was opened. */
    StoreException failureOfAStore(SQLException e) {
        return kind(e) == NOTADB ? failure(e, Kind.DAMAGED, DAMAGE) : failure(e);
    }

    /** Whether writing may succeed a little later, when there is room or another program has ended. */
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

    /** SQLite's primary result code: the lower byte; the rest gives details of it. */
    private static int kind(SQLException e) {
        return code(e).code & 0xff;
    }

    private StoreException failure(SQLException e, Kind kind, String what) {
        return new StoreException(kind, path + what, e);
    }
}
