package io.tapekeeper.venue.binance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A {@link RateWindow} that all processes of this machine share through a small file: read, changed
 * and written under the operating system's lock, which dies with its process. Any thread may use
 * it.
 *
 * <p>A file that cannot be used is said once; the window goes on in memory, for this process alone.
 * Nothing waits for the disk: a machine that crashes loses at most the memory of its last minute.
 */
final class RateFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RateFile.class.getName());
    private static final long LOCK_NANOS = 2_000_000_000L; // it is held for microseconds

    /**
     * The open files of this process. Static because the system's lock belongs to the process as a
     * whole: a second handle would not be kept out by the first, and would end its lock when
     * closed.
     */
    private static final Map<Path, RateFile> OPEN = new HashMap<>(); // guarded by itself

    private final Path path; // null: in memory only
    private final ReentrantLock lock = new ReentrantLock();
    private int users; // guarded by OPEN

    // Guarded by lock:
    // Not the channel's own reading and writing: an interrupted thread would close it for all.
    private RandomAccessFile file; // null: in memory only
    private RateWindow window;
    private boolean told;

    private RateFile(Path path, InstantSource clock) {
        this.path = path;
        this.window = new RateWindow(VenueTime.micros(clock.instant()));
    }

    static RateFile inMemory(InstantSource clock) {
        return new RateFile(null, clock);
    }

    static RateFile open(Path folder, String name, InstantSource clock) {
        synchronized (OPEN) {
            try {
                Path path = Files.createDirectories(folder).toRealPath().resolve(name);
                RateFile shared = OPEN.get(path);
                if (shared == null) {
                    shared = new RateFile(path, clock);
                    shared.file = new RandomAccessFile(path.toFile(), "rw");
                    OPEN.put(path, shared);
                }
                shared.users++;
                return shared;
            } catch (IOException e) {
                RateFile alone = inMemory(clock);
                alone.tell(folder.resolve(name), e);
                return alone;
            }
        }
    }

    /** Does something with the window as it is now, which nobody else does meanwhile. */
    <T> T with(InstantSource clock, Function<RateWindow, T> action) {
        lock.lock();
        try {
            FileLock held = lockFile();
            try {
                if (held != null) {
                    read(clock);
                }
                // Read under the lock, so that it is not older than what another has written.
                window.pass(VenueTime.micros(clock.instant()));
                T result = action.apply(window);
                if (held != null) {
                    write();
                }
                return result;
            } finally {
                release(held);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The lock, or null where this window has no file that can be used now. */
    private FileLock lockFile() {
        if (file == null) {
            return null;
        }
        long start = System.nanoTime();
        try {
            // Not lock(), which an interrupt ends by closing the channel for all.
            FileLock held = file.getChannel().tryLock();
            while (held == null) {
                if (System.nanoTime() - start > LOCK_NANOS) {
                    throw new IOException("another process holds its lock");
                }
                LockSupport.parkNanos(20_000);
                held = file.getChannel().tryLock();
            }
            return held;
        } catch (IOException e) {
            tell(path, e);
            return null;
        }
    }

    private void read(InstantSource clock) {
        try {
            long length = file.length();
            if (length == 0) {
                return; // a new one
            }
            byte[] bytes = new byte[RateWindow.BYTES];
            file.seek(0);
            boolean whole = length == bytes.length && file.read(bytes) == bytes.length;
            if (whole && RateWindow.readable(bytes)) {
                window = RateWindow.of(bytes);
                return;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} was not whole, so what was asked before is not known. For a minute most"
                            + " of the venue''s limit is taken as used.",
                    path);
            file.setLength(0);
            window = RateWindow.afterLoss(VenueTime.micros(clock.instant()));
        } catch (IOException e) {
            tell(path, e);
        }
    }

    private void write() {
        try {
            file.seek(0);
            file.write(window.toBytes());
        } catch (IOException e) {
            tell(path, e);
        }
    }

    private void release(FileLock held) {
        try {
            if (held != null) {
                held.release();
            }
        } catch (IOException e) {
            tell(path, e);
        }
    }

    private void tell(Path unusable, IOException failure) {
        if (!told) {
            told = true;
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
            tell(path, e);
        } finally {
            file = null;
            lock.unlock();
        }
    }
}
