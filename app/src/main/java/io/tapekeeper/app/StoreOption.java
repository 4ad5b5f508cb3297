package io.tapekeeper.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --db}: the store that a command works on. */
final class StoreOption {
    static final Path DEFAULT = Path.of("data", "tapekeeper.db");

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    private Path db;

    /** The file that was named, or the usual one. */
    Path path() {
        return path(DEFAULT);
    }

    Path path(Path otherwise) {
        return db == null ? otherwise : db;
    }
}
