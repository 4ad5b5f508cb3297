package io.tapekeeper.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A command line as a user runs it.
 *
 * @param out what it said on standard output and standard error
 */
record Said(int exitCode, String out) {
    static Said by(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(heard, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            int code = Main.execute(words);
            return new Said(code, heard.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
