package io.tapekeeper.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A decoder that keeps its promises whatever comes in.
 *
 * <p>The first test takes some seconds and runs always, without instrumentation. The second is driven by a fuzzer that
 * watches which branches an input takes, in the long run only, which counts on {@code jazzer.max_executions}. What
 * either finds becomes a named test of the decoder.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FuzzedDecoder {
    private static final int SHORT_RUN = 200_000;
    private static final int LEAST_OF_EACH = SHORT_RUN / 200;
    private static final long SEED = 20240808;

    private final LongRun longRun = new LongRun(
            "fuzz " + getClass().getSimpleName().replace("FuzzTest", ""),
            Long.getLong("jazzer.max_executions", SHORT_RUN));

    /**
     * Gives an input to the decoder.
     *
     * @return whether it was understood
     * @throws AssertionError where a promise is broken; any other exception is one
     */
    protected abstract boolean take(byte[] input);

    /** Inputs to begin with; most of them are understood. */
    protected abstract List<byte[]> seeds();

    protected static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    protected static List<byte[]> joined(List<byte[]> some, List<byte[]> others) {
        List<byte[]> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    @Test
    void keepsItsPromisesOnMutationsOfWhatIsReal() {
        // Many inputs end in an exception, whose cost is its stack trace: a pool thread has a short
        // one.
        int understood =
                CompletableFuture.supplyAsync(this::understoodMutations).join();
        assertTrue(
                understood > LEAST_OF_EACH && SHORT_RUN - understood > LEAST_OF_EACH,
                "the mutations test nothing: %d of %d understood, seed %d".formatted(understood, SHORT_RUN, SEED));
    }

    private int understoodMutations() {
        List<byte[]> seeds = seeds();
        Mutations mutations = new Mutations(seeds, SEED);
        int understood = 0;
        for (int i = 0; i < seeds.size() + SHORT_RUN; i++) {
            byte[] input = i < seeds.size() ? seeds.get(i) : mutations.next();
            boolean whole = false;
            try {
                understood += take(input.clone()) ? 1 : 0;
                whole = true;
            } finally {
                if (!whole) {
                    System.out.printf(
                            "%s: seed %d, input %d, in Base64: %s%n",
                            getClass().getSimpleName(),
                            SEED,
                            i,
                            Base64.getEncoder().encodeToString(input));
                }
            }
        }
        return understood;
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1h")
    void keepsItsPromisesOnWhateverTheFuzzerFinds(byte[] input) {
        take(input);
        longRun.step();
    }

    /** An hour may be over first, and a wrong setting may leave the fuzzer out: neither is a proof. */
    @AfterAll
    void theFuzzerGaveAsManyInputsAsItWasToldTo() {
        if (System.getenv("JAZZER_FUZZ") != null) {
            assertTrue(longRun.isDone(), longRun::toString);
        }
    }
}
