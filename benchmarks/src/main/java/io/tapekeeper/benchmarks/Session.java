package io.tapekeeper.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One call of the benchmarks: what all rows share. Owned by the main thread. */
final class Session {
    private final Path folder;
    private final Size size;
    private final Optional<Path> launcher;
    private final Consumer<String> progress;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param folder for stores, logs and whatever else; deleted by the caller
     * @param launcher the product as users start it; empty where only this class path is there
     * @param progress told before each step
     */
    Session(Path folder, Size size, Optional<Path> launcher, Consumer<String> progress) {
        this.folder = folder;
        this.size = size;
        this.launcher = launcher;
        this.progress = progress;
    }

    Path folder() {
        return folder;
    }

    Optional<Path> launcher() {
        return launcher;
    }

    Size size() {
        return size;
    }

    int runs() {
        return (int) size.pick(1, 3, 5);
    }

    void step(String what) {
        progress.accept(what);
    }

    /** Something the reader of the table has to know: what was left out, where time went. */
    void note(String sentence) {
        notes.add(sentence);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }
}
