package io.tapekeeper.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs made from real ones by a few edits, the same for the same seed. */
public final class Mutations {
    /** What decoders look for, and what trips them. */
    private static final String[] WORDS = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u0000",
        "-",
        ".",
        "e",
        "+",
        "0",
        "1",
        "9",
        "null",
        "true",
        "NaN",
        "1e999",
        "1e150",
        "1.1e150",
        "-1",
        "0.00000000",
        "9223372036854775807",
        "9223372036854775808",
        "\n",
        "\r",
        "\t",
        "\u0000",
        "\uFEFF",
        "&",
        "%",
        "%ff",
        "=",
        "#",
        "- ",
        "!!",
        "*a",
        "&a ",
        "|",
        "ms",
        "h"
    };

    private static final int LONGEST = 1 << 12;

    private final List<byte[]> seeds;
    private final SplittableRandom random;

    public Mutations(List<byte[]> seeds, long seed) {
        this.seeds = seeds;
        this.random = new SplittableRandom(seed);
    }

    public byte[] next() {
        byte[] input = any().clone();
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
            input = edited(input);
        }
        return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
    }

    private byte[] any() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] edited(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = at + random.nextInt(Math.min(32, input.length - at) + 1);
        byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(UTF_8);
        return switch (random.nextInt(8)) {
            case 0 -> replaced(input, at, at, word);
            case 1 -> replaced(input, at, end, word);
            case 2 -> replaced(input, at, end, new byte[0]);
            case 3 -> replaced(input, at, at, Arrays.copyOfRange(input, at, end)); // said twice
            case 4 -> replaced(input, at, input.length, new byte[0]); // broken off
            case 5 -> { // goes on as another one
                byte[] other = any();
                int from = random.nextInt(other.length + 1);
                yield replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
            }
            case 6 -> {
                byte[] noise = new byte[random.nextInt(4) + 1];
                random.nextBytes(noise);
                yield replaced(input, at, Math.min(input.length, at + noise.length), noise);
            }
            default -> {
                if (at < input.length) {
                    input[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield input;
            }
        };
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        byte[] result = new byte[input.length - (to - from) + by.length];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(input, to, result, from + by.length, input.length - to);
        return result;
    }
}
