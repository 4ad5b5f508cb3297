package io.tapekeeper.market;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.fuzz.FuzzedDecoder;
import java.math.BigDecimal;
import java.util.List;

/** A text is a decimal to the last digit, as big decimals of the JDK read it, or it is refused. */
class DecimalsFuzzTest extends FuzzedDecoder {
    private static final BigDecimal MOST = new BigDecimal(Long.MAX_VALUE).movePointLeft(8);

    @Override
    protected boolean take(byte[] input) {
        String text = new String(input, ISO_8859_1);
        long units;
        try {
            units = Decimals.parse(text);
        } catch (NumberFormatException refused) {
            assertTrue(refused.getMessage().endsWith('"' + text + '"'), refused.getMessage());
            assertTrue(!isADecimal(text), () -> "refused: " + text);
            return false;
        }
        assertTrue(isADecimal(text), () -> "taken: " + text);
        assertEquals(0, new BigDecimal(text).compareTo(BigDecimal.valueOf(units, 8)), text);
        assertEquals(units, Decimals.parse(Decimals.format(units)), text);
        assertEquals(units, Decimals.parse(Decimals.format(units, 0)), text);
        return true;
    }

    /** Said once more, without a loop over digits. */
    private static boolean isADecimal(String text) {
        if (!text.matches("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)")) {
            return false;
        }
        BigDecimal value = new BigDecimal(text);
        return value.abs().compareTo(MOST) <= 0
                && (value.signum() == 0 || value.stripTrailingZeros().scale() <= 8);
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "61837.63000000",
                "0.00000001",
                "-12.5",
                "0",
                "1.",
                ".5",
                "92233720368.54775807",
                "92233720368.54775808",
                "00000000000000000000.1",
                "1.000000000000000",
                "1e5");
    }
}
