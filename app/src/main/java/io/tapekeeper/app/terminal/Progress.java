package io.tapekeeper.app.terminal;

import java.io.InputStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars for long work, on standard error where that is a terminal; silent elsewhere. */
public final class Progress {
    private Progress() {}

    /** A bar that its owner moves. */
    public static final class Bar implements AutoCloseable {
        private final ProgressBar bar; // null where no terminal shows it

        private Bar(ProgressBar bar) {
            this.bar = bar;
        }

        /** Shows that so much is done. */
        public void at(long done) {
            if (bar != null) {
                bar.stepTo(done);
            }
        }

        /** Shows that something more is done, where the total is not known. */
        public void pulse() {
            if (bar != null) {
                bar.step();
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    /** @param total 0 where it is not known yet */
    public static Bar bar(String task, long total) {
        return new Bar(
                isSeen()
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(total == 0 ? -1 : total)
                                .setStyle(ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(200)
                                .showSpeed()
                                .build()
                        : null);
    }

    private static boolean isSeen() {
        return Boolean.getBoolean("tapekeeper.terminal.err");
    }

    /**
     * Shows how far a stream has been read.
     *
     * @param total its bytes, or -1 where that is not known
     */
    public static InputStream over(InputStream in, String task, long total) {
        if (!isSeen()) {
            return in;
        }
        return ProgressBar.wrap(
                in,
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setUnit(" MB", 1_000_000)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .showSpeed());
    }
}
