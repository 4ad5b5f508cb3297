package io.tapekeeper.venue.limit;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.tapekeeper.venue.EpochMicros;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A {@link RateWindow} that all processes of this machine share through a small file: read, changed and written under
 * the operating system's lock, which dies with its process. Any thread may use it.
 *
 * <p>That a file cannot be used is logged once; the window goes on in memory, for this process alone. Nothing waits for
 * the disk: a machine that crashes loses at most the memory of its last minute.
 */
final class SharedRateWindow implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SharedRateWindow.class.getName());
    private static final long LOCK_NANOS = 2_000_000_000L; // it is held for microseconds

    /**
     * The open files of this process. Static because the system's lock belongs to the process as a whole: a second
     * handle would not be kept out by the first, and would end its lock when closed.
     */
    private static final Map<Path, SharedRateWindow> OPEN = new HashMap<>(); // guarded by itself

    private final Path path; // null: in memory only
    private final ReentrantLock lock = new ReentrantLock();
    private int users; // guarded by OPEN

    // Guarded by lock:
    private FileChannel file; // null: in memory only; opened again where an interrupt closed it
    private RateWindow window;
    private boolean logged;

    private SharedRateWindow(Path path, InstantSource clock) {
        this.path = path;
        this.window = new RateWindow(EpochMicros.of(clock.instant()));
    }

    static SharedRateWindow inMemory(InstantSource clock) {
        return new SharedRateWindow(null, clock);
    }

    static SharedRateWindow open(Path folder, String name, InstantSource clock) {
        synchronized (OPEN) {
            try {
                Path path = Files.createDirectories(folder).toRealPath().resolve(name);
                SharedRateWindow shared = OPEN.get(path);
                if (shared == null) {
                    shared = new SharedRateWindow(path, clock);
                    create(path);
                    shared.file = openExisting(path);
                    OPEN.put(path, shared);
                }
                shared.users++;
                return shared;
            } catch (IOException e) {
                SharedRateWindow alone = inMemory(clock);
                alone.log(folder.resolve(name), e);
                return alone;
            }
        }
    }

    /**
     * Made in a step of its own: systems that protect folders of all users refuse to open another's file where it might
     * be made. Every user who may make files in the folder may use this one.
     */
    private static void create(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> may = EnumSet.of(OWNER_READ, OWNER_WRITE);
            Set<PosixFilePermission> folder = Files.getPosixFilePermissions(path.getParent());
            if (folder.contains(GROUP_WRITE)) {
                may.addAll(EnumSet.of(GROUP_READ, GROUP_WRITE));
            }
            if (folder.contains(OTHERS_WRITE)) {
                may.addAll(EnumSet.of(OTHERS_READ, OTHERS_WRITE));
            }
            Files.setPosixFilePermissions(path, may); // whatever the process masks
        }
    }

    /** Makes no file, and follows no link that another user may have planted. */
    private static FileChannel openExisting(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** Does something with the window as it is now; no other process or thread does meanwhile. */
    <T> T with(InstantSource clock, Function<RateWindow, T> action) {
        lock.lock();
        try {
            boolean interrupted = Thread.interrupted(); // or it would close the channel for all
            FileLock held = lockFile();
            try {
                if (held != null) {
                    read(clock);
                }
                // Read under the lock, so that it is not older than what another has written.
                window.pass(EpochMicros.of(clock.instant()));
                T result = action.apply(window);
                if (held != null) {
                    write();
                }
                return result;
            } finally {
                release(held);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Changes the window. */
    void change(InstantSource clock, Consumer<RateWindow> news) {
        with(clock, window -> {
            news.accept(window);
            return null;
        });
    }

    /** The lock, or null where this window has no file that can be used now. */
    private FileLock lockFile() {
        if (file == null) {
            return null;
        }
        long start = System.nanoTime();
        try {
            if (!file.isOpen()) {
                file = openExisting(path);
            }
            FileLock held = file.tryLock(); // not lock(), which an interrupt ends
            while (held == null) {
                if (System.nanoTime() - start > LOCK_NANOS) {
                    throw new IOException("another process holds its lock");
                }
                LockSupport.parkNanos(20_000);
                held = file.tryLock();
            }
            return held;
        } catch (IOException e) {
            log(path, e);
            return null;
        }
    }

    private void read(InstantSource clock) {
        try {
            long length = file.size();
            if (length == 0) {
                return; // a new one
            }
            byte[] bytes = new byte[RateWindow.BYTES];
            boolean whole = length == bytes.length && file.read(ByteBuffer.wrap(bytes), 0) == bytes.length;
            Optional<RateWindow> read = whole ? RateWindow.of(bytes) : Optional.empty();
            if (read.isPresent()) {
                window = read.get();
                return;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} was not whole, so what was asked before is not known. For a minute most"
                            + " of the venue''s limit is taken as used.",
                    path);
            file.truncate(0);
            window = RateWindow.afterLoss(EpochMicros.of(clock.instant()));
        } catch (IOException e) {
            log(path, e);
        }
    }

    private void write() {
        try {
            file.write(ByteBuffer.wrap(window.toBytes()), 0);
        } catch (IOException e) {
            log(path, e);
        }
    }

    private void release(FileLock held) {
        try {
            if (held != null && file.isOpen()) {
                held.release();
            }
        } catch (IOException e) {
            log(path, e);
        }
    }

    private void log(Path unusable, IOException failure) {
        boolean interrupted = failure instanceof ClosedByInterruptException;
        if (!logged && !interrupted) { // which costs this one count; the next opens the file again
            logged = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} cannot be used ({1}), so this process does not know what others on this"
                            + " machine ask the venue. Make its folder writable, or run only one.",
                    unusable,
                    failure.getMessage());
        }
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (path == null || --users > 0) {
                return;
            }
            OPEN.remove(path);
        }
        lock.lock();
        try {
            file.close();
        } catch (IOException e) {
            log(path, e);
        } finally {
            file = null;
            lock.unlock();
        }
    }
}
