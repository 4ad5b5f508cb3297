package io.tapekeeper.pipeline;

import io.tapekeeper.tape.Sequencer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The state of a tape between two trades, as a checkpoint keeps it. */
public final class PipelineState {
    private PipelineState() {}

    public static byte[] of(Sequencer sequencer, Analyst analyst) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8_192);
        try (DataOutputStream state = new DataOutputStream(bytes)) {
            sequencer.save(state);
            analyst.save(state);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException where the state is of another version; both are then of no use */
    public static void restore(byte[] state, Sequencer sequencer, Analyst analyst) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
            sequencer.restore(in);
            analyst.restore(in);
        }
    }
}
