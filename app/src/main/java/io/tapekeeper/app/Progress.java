package io.tapekeeper.app;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars for long work, on standard error where that is a terminal; silent elsewhere. */
final class Progress {
    private Progress() {}

    /** A bar over bytes. */
    static ProgressBar bytes(String task, long total) {
        return builder(task, total).setUnit(" MB", 1_000_000).build();
    }

    /** A bar over rows. */
    static ProgressBar rows(String task, long total) {
        return builder(task, total).setUnit(" rows", 1).build();
    }

    private static ProgressBarBuilder builder(String task, long total) {
        ProgressBarBuilder builder =
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .showSpeed();
        if (!Boolean.getBoolean("tapekeeper.terminal.err")) {
            builder.setConsumer(new Silent());
        }
        builder.startsFrom(0, Duration.ZERO);
        return builder;
    }

    /** Shows nothing. */
    private static final class Silent implements me.tongfei.progressbar.ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return 0;
        }

        @Override
        public void accept(String rendered) {
            // nobody looks
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
