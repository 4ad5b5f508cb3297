package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.TAPE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that records until it is killed: trades 0, 1, 2 and on, after each tenth the bar of its second and a
 * checkpoint. It prints "recording", then a line for every thousand trades said.
 */
final class RecordingProcess {
    private RecordingProcess() {}

    /** Starts one in a virtual machine of its own. */
    static Process start(Path file, String end) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RecordingProcess.class.getName(),
                file.toString(),
                end);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Arguments: the file; the trade at which it halts itself, or "never". */
    @SuppressWarnings("SystemOut") // its way of speaking to the test
    public static void main(String[] arguments) {
        long end = arguments[1].equals("never") ? Long.MAX_VALUE : Long.parseLong(arguments[1]);
        try (Recorder recorder = Recorder.open(Path.of(arguments[0]), Durability.NORMAL)) {
            System.out.println("recording");
            for (long id = 0; id < end; id++) {
                recorder.trade(TAPE, Samples.trade(id));
                if (id % 10 == 9) {
                    recorder.row(CLASSIC, Samples.row(id / 10));
                    byte[] state = ByteBuffer.allocate(8).putLong(id).array();
                    recorder.checkpoint(CLASSIC, id, Samples.bar(id / 10).start(), state);
                }
                if (id % 1_000 == 999) {
                    System.out.println(id);
                }
            }
            Runtime.getRuntime().halt(7); // neither flush nor close
        } catch (StoreException refused) {
            System.out.println(refused.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }
}
