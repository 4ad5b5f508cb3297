package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.util.List;

/** One benchmark: some lines of the table. */
interface Row {
    /** One word, as the command line names it. */
    String name();

    /** What is measured, in one line. */
    String title();

    /** How often {@link #measure} calls {@link Session#step}. */
    int steps(Session session);

    /** @throws IOException where a process does not do what it should: then nothing was measured */
    List<Figure> measure(Session session) throws IOException, InterruptedException;
}
