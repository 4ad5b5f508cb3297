package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code backup}: a consistent copy of a store, also of one that is being recorded. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Copies a store into another file, also while it is being recorded: all that was committed when the"
                    + " copy began.",
            "An existing file is never overwritten."
        },
        footerHeading = "%nExamples:%n",
        footer = "  ./tapekeeper backup /mnt/backup/tapekeeper-monday.db")
final class BackupCommand implements Callable<Integer> {
    private final Signals signals;

    @Parameters(paramLabel = "FILE", description = "The copy to make.")
    private Path copy;

    @Mixin
    private StoreOption store = new StoreOption();

    BackupCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() {
        Shutdown stop = signals.listen();
        try (Progress.Bar bar = Progress.bar("bytes copied", size())) {
            if (!StoreMaintenance.backup(store.path(), copy, bar::at, stop::isRequested)) {
                throw CommandFailure.outside("stopped: there is no copy at " + copy, null);
            }
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
        System.out.println("copied " + store.path() + " to " + copy);
        return CommandFailure.FINE;
    }

    /** About as long as the copy will be; 0 where there is no store, which the backup itself refuses. */
    private long size() {
        return store.path().toFile().length();
    }
}
