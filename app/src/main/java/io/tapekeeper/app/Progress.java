package io.tapekeeper.app;

import java.io.InputStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars for long work, on standard error where that is a terminal; silent elsewhere. */
final class Progress {
    private Progress() {}

    /**
     * Shows how far a stream has been read.
     *
     * @param total its bytes, or -1 where nobody knows
     */
    static InputStream over(InputStream in, String task, long total) {
        if (!Boolean.getBoolean("tapekeeper.terminal.err")) {
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
