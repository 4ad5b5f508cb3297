package io.tapekeeper.app.doctor;

import io.tapekeeper.app.terminal.Findings;

/** Looks at one thing and reports what it finds. */
@FunctionalInterface
public interface Check {
    void run(Findings findings);
}
