package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to record into a store file: an operating system lock on {@code FILE.lock}, which the system itself
 * releases when the process dies, however it dies. The file's text is the process id of the holder; one that closed the
 * store in order leaves it empty.
 *
 * <p>The store file itself is not locked: readers must get in, and on POSIX systems closing any other handle of it
 * would release SQLite's own locks.
 */
final class WriterLock implements AutoCloseable {
    /**
     * Files locked by this process. Static because the system's lock belongs to the process as a whole: a second handle
     * on the same file would release the lock of the first when it is closed, so a second recorder in here has to be
     * refused before it opens one.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    /** Beyond the text: on Windows a locked byte cannot be read by others. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path path;
    private final FileChannel channel;
    private final boolean uncleanBefore;

    private WriterLock(Path path, FileChannel channel, boolean uncleanBefore) {
        this.path = path;
        this.channel = channel;
        this.uncleanBefore = uncleanBefore;
    }

    /**
     * @param file the store file, without symbolic links
     * @throws StoreException LOCKED where another recorder has it, READ_ONLY or CANNOT_OPEN where the lock file cannot
     *     be made
     */
    static WriterLock acquire(Path file) {
        Path path = file.resolveSibling(file.getFileName() + ".lock");
        if (!HELD_HERE.add(path)) {
            throw locked(file, Long.toString(ProcessHandle.current().pid()));
        }
        FileChannel channel = null;
        WriterLock lock = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock held = channel.tryLock(LOCKED_BYTE, 1, false);
            if (held == null) {
                throw locked(file, Files.readString(path).strip());
            }
            boolean uncleanBefore = channel.size() > 0;
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid), 0);
            channel.truncate(pid.length); // last: on a full disk the old text stays
            channel.force(false); // a power cut must not make an unclean stop look clean
            lock = new WriterLock(path, channel, uncleanBefore);
            return lock;
        } catch (AccessDeniedException e) {
            throw new StoreException(
                    Kind.READ_ONLY, "%s may not be written: allow it, or record into another file.".formatted(path), e);
        } catch (IOException e) {
            throw new StoreException(
                    Kind.CANNOT_OPEN,
                    "%s cannot be locked (%s): record into another folder.".formatted(path, e.getMessage()),
                    e);
        } finally {
            if (lock == null) {
                release(path, channel);
            }
        }
    }

    /**
     * Which process has the lock, or how its last holder left it. Looking may take a share of an abandoned lock for a
     * moment; a recorder that starts in just that moment is refused.
     *
     * @param file the store file, without symbolic links
     */
    static RecorderStatus lookAt(Path file) {
        Path path = file.resolveSibling(file.getFileName() + ".lock");
        if (!HELD_HERE.add(path)) { // closing a handle of it would release the lock
            return new RecorderStatus.AtWork(
                    Long.toString(ProcessHandle.current().pid()));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() == 0) { // the process id is written as soon as it is locked
                return new RecorderStatus.Closed();
            }
            FileLock share = channel.tryLock(LOCKED_BYTE, 1, true);
            ByteBuffer text = ByteBuffer.allocate(32);
            channel.read(text);
            String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
            if (share == null) {
                return new RecorderStatus.AtWork(pid);
            }
            return pid.isEmpty() ? new RecorderStatus.Closed() : new RecorderStatus.Died(pid);
        } catch (NoSuchFileException e) {
            return new RecorderStatus.Closed();
        } catch (IOException e) {
            throw new StoreException(
                    Kind.CANNOT_OPEN,
                    "%s cannot be read (%s): check the permissions.".formatted(path, e.getMessage()),
                    e);
        } finally {
            HELD_HERE.remove(path);
        }
    }

    private static StoreException locked(Path file, String pid) {
        return new StoreException(
                Kind.LOCKED,
                "%s is already being recorded by process %s: stop that one, or record into another file."
                        .formatted(file, pid.isEmpty() ? "(unknown)" : pid));
    }

    /** Whether the holder before this one did not call {@link #clean}. */
    boolean uncleanBefore() {
        return uncleanBefore;
    }

    /** To be called where the store is closed in order, or is as it was when this was acquired. */
    void clean() {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw unclosable(path, e);
        }
    }

    @Override
    public void close() {
        release(path, channel);
    }

    private static void release(Path path, FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw unclosable(path, e);
        } finally {
            HELD_HERE.remove(path);
        }
    }

    private static StoreException unclosable(Path path, IOException e) {
        return new StoreException(
                Kind.CANNOT_OPEN, "%s cannot be closed (%s): check the disk.".formatted(path, e.getMessage()), e);
    }
}
