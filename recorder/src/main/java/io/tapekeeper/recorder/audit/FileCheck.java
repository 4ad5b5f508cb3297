package io.tapekeeper.recorder.audit;

import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checks in the background whether a store that was not closed in good order is sound, while it is being recorded
 * already. Runs on a thread of its own, which only reads.
 */
public final class FileCheck implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FileCheck.class.getName());

    private volatile boolean closing;
    private volatile String damage = "";

    /** @param needed true where the last recorder did not close the store */
    public FileCheck(Path db, boolean needed) {
        if (needed) {
            Thread.ofPlatform().name("file-check").daemon().start(() -> check(db));
        }
    }

    private void check(Path db) {
        try {
            StoreMaintenance.quickCheck(db, () -> closing).ifPresent(found -> damage = found);
            LOG.log(
                    Level.INFO,
                    "{0} was not closed in good order; it was checked: {1}",
                    db,
                    damage.isEmpty() ? "it is sound" : damage);
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "the store could not be checked: {0}", e.getMessage());
        }
    }

    /** What is wrong with the file, where something was found. */
    public Optional<String> damage() {
        return Optional.of(damage).filter(found -> !found.isEmpty());
    }

    @Override
    public void close() {
        closing = true;
    }
}
