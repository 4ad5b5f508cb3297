package io.tapekeeper.venue.limit;

import io.tapekeeper.venue.Priority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process that takes weight from a governor as long as it gets some, and prints how much. */
final class GovernedProcess {
    private GovernedProcess() {}

    /** Starts one in a virtual machine of its own; it begins at the first line of its input. */
    static Process start(Path folder, String host) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                GovernedProcess.class.getName(),
                folder.toString(),
                host);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Arguments: the folder and the host. */
    @SuppressWarnings("SystemOut") // its way of speaking to the test
    public static void main(String[] arguments) throws IOException {
        try (RateGovernor governor = RateGovernor.open(Path.of(arguments[0]), arguments[1], InstantSource.system())) {
            System.out.println("ready");
            if (System.in.read() < 0) {
                return;
            }
            int taken = 0;
            while (governor.take(1, Priority.LIVE).isZero()) {
                taken++;
            }
            System.out.println(taken);
        }
    }
}
