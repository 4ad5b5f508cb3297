package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Care of a store file as a whole: checks whether it is sound, copies it, moves a damaged one out of the way. Any
 * thread; nothing here holds a recorder up, but while a check or a copy runs its write-ahead log grows.
 */
public final class StoreMaintenance {
    /** Steps of SQLite's machine between two looks at what the caller wants: about a millisecond. */
    private static final int LOOK_STEPS = 20_000;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private StoreMaintenance() {}

    /**
     * Reads the whole file, also while it is recorded.
     *
     * @param stop asked now and then: ends the check early
     * @return the first thing found wrong; empty where all is sound, and where it was ended early
     * @throws StoreException as {@link History#open}
     */
    public static Optional<String> quickCheck(Path path, BooleanSupplier stop) {
        SqliteFile file = SqliteFile.recorded(path);
        try (Connection connection = file.openForReading();
                Statement statement = connection.createStatement()) {
            look(connection, stop, () -> {});
            try (ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
                rows.next();
                return Optional.of(rows.getString(1)).filter(found -> !found.equals("ok"));
            }
        } catch (SQLException e) {
            StoreException plain = file.failureOfAStore(e);
            if (isInterrupt(e)) {
                return Optional.empty();
            }
            if (plain.kind() == Kind.DAMAGED) {
                return Optional.of(plain.getMessage());
            }
            throw plain;
        }
    }

    /**
     * Which process records into a store now, or how its last recorder left it.
     *
     * @throws StoreException CANNOT_OPEN where that cannot be read
     */
    public static RecorderStatus lastRecorder(Path path) {
        return WriterLock.lookAt(SqliteFile.existing(path).path());
    }

    /**
     * Moves a damaged store and what lies beside it out of the way, to {@code FILE.damaged-YYYYMMDDTHHMMSSZ}, so that a
     * new one can begin in its place.
     *
     * @return where the store is now
     * @throws StoreException LOCKED where it is being recorded; CANNOT_OPEN where it cannot be moved, or is not there
     */
    public static Path setAside(Path path) {
        SqliteFile file = SqliteFile.existing(path);
        Path aside = free(file.beside(".damaged-" + STAMP.format(Instant.now())));
        move(file, aside);
        return aside;
    }

    /**
     * Moves the log first: one that stays beside a new store would be taken for its own. Moves the store last: where
     * only its log has been moved, {@link #finishSettingAside} finds out.
     */
    private static void move(SqliteFile file, Path aside) {
        try (WriterLock lock = WriterLock.acquire(file.path())) {
            for (String suffix : new String[] {"-wal", "-shm", ""}) {
                if (Files.exists(file.beside(suffix))) {
                    Files.move(file.beside(suffix), new SqliteFile(aside).beside(suffix));
                }
            }
            lock.clean();
        } catch (IOException e) {
            throw immovable(file, e);
        }
    }

    private static StoreException immovable(SqliteFile file, IOException e) {
        return new StoreException(
                Kind.CANNOT_OPEN,
                "%s cannot be moved (%s): move it and the files beside it by hand."
                        .formatted(file.path(), e.getMessage()),
                e);
    }

    /**
     * Moves the rest of a damaged store after its log, where {@link #setAside} was killed between the two. To be called
     * before a recorder opens the store.
     *
     * @return where the store is now; empty where nothing was left to do
     * @throws StoreException as {@link #setAside}
     */
    public static Optional<Path> finishSettingAside(Path path) {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        SqliteFile file = SqliteFile.existing(path);
        Optional<Path> aside = logWithoutStore(file);
        aside.ifPresent(store -> move(file, store));
        return aside;
    }

    /** The place of a store that was being set aside when only its log had been moved. */
    private static Optional<Path> logWithoutStore(SqliteFile file) {
        if (Files.exists(file.beside("-wal")) || !(WriterLock.lookAt(file.path()) instanceof RecorderStatus.Died)) {
            return Optional.empty(); // it has its log, or was closed in good order and needs none
        }
        String glob = "*.damaged-*-wal";
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(file.path().getParent(), glob)) {
            for (Path log : logs) {
                String name = log.getFileName().toString();
                Path store = log.resolveSibling(name.substring(0, name.length() - 4));
                if (name.startsWith(file.path().getFileName() + ".damaged-") && !Files.exists(store)) {
                    return Optional.of(store);
                }
            }
        } catch (IOException e) {
            throw immovable(file, e);
        }
        return Optional.empty();
    }

    /** A name that nothing has yet. */
    private static Path free(Path wanted) {
        Path free = wanted;
        for (int n = 2; Files.exists(free) || Files.exists(new SqliteFile(free).beside("-wal")); n++) {
            free = wanted.resolveSibling(wanted.getFileName() + "-" + n);
        }
        return free;
    }

    /**
     * Writes a consistent copy of a store, also while it is recorded: all that was committed when it began, without the
     * room that was free. The copy turns up whole or not at all.
     *
     * @param to must not be there
     * @param progress gets the bytes written so far
     * @param stop asked now and then: ends it early
     * @return false where it was ended early
     * @throws StoreException as {@link History#open}; WRITE_FAILED where {@code to} is there, or the copy has no room
     *     or cannot be written
     */
    public static boolean backup(Path from, Path to, LongConsumer progress, BooleanSupplier stop) {
        SqliteFile file = SqliteFile.recorded(from);
        Path target = to.toAbsolutePath().normalize();
        refuseExisting(target);
        Path partial = null;
        try (Connection connection = file.openForReading()) {
            partial = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".partial");
            checkRoom(connection, partial, target);
            copy(connection, partial, progress, stop);
            try (FileChannel written = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(partial, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            refuseExisting(target);
            throw unwritable(target, e.getMessage(), e);
        } catch (IOException e) {
            throw unwritable(target, e.getMessage(), e);
        } catch (SQLException e) {
            if (isInterrupt(e)) {
                return false;
            }
            StoreException plain = file.failureOfAStore(e);
            throw plain.kind() == Kind.DAMAGED ? plain : new SqliteFile(target).failure(e);
        } finally {
            remove(partial);
        }
    }

    private static void refuseExisting(Path target) {
        if (Files.exists(target)) {
            throw new StoreException(
                    Kind.WRITE_FAILED, target + " is there already: name another file, or move that one away.");
        }
    }

    private static StoreException unwritable(Path target, String why, Exception cause) {
        return new StoreException(
                Kind.WRITE_FAILED,
                "%s cannot be written (%s): check the folder, or name another one.".formatted(target, why),
                cause);
    }

    private static void checkRoom(Connection connection, Path partial, Path target) throws SQLException {
        long needed = RowMapper.numberOf(connection, Selects.USED_BYTES);
        long room = new SqliteFile(partial).freeBytes();
        if (room < needed) {
            throw new StoreException(
                    Kind.WRITE_FAILED,
                    "%s needs %d MB and its disk has %d: make room, or name a file on another disk."
                            .formatted(target, (needed >> 20) + 1, room >> 20));
        }
    }

    private static void copy(Connection connection, Path partial, LongConsumer progress, BooleanSupplier stop)
            throws SQLException {
        look(connection, stop, () -> progress.accept(partial.toFile().length()));
        try (PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, partial.toString());
            copy.execute();
        }
        progress.accept(partial.toFile().length());
    }

    private static void remove(Path partial) {
        try {
            if (partial != null) {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new StoreException(
                    Kind.WRITE_FAILED, "%s cannot be removed (%s): remove it.".formatted(partial, e.getMessage()), e);
        }
    }

    /** Makes the statements that follow call {@code meanwhile} now and then, and end where {@code stop} asks for it. */
    private static void look(Connection connection, BooleanSupplier stop, Runnable meanwhile) throws SQLException {
        ProgressHandler.setHandler(connection, LOOK_STEPS, new ProgressHandler() {
            @Override
            protected int progress() {
                meanwhile.run();
                return stop.getAsBoolean() ? 1 : 0; // other than 0 interrupts it
            }
        });
    }

    private static boolean isInterrupt(SQLException e) {
        return e instanceof SQLiteException sqlite && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_INTERRUPT;
    }
}
