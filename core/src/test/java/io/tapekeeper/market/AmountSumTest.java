package io.tapekeeper.market;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AmountSumTest {
    @Test
    void isExactBeyond64Bits() {
        long seed = 7;
        Random random = new Random(seed);
        AmountSum sum = new AmountSum();
        BigInteger exact = BigInteger.ZERO;
        for (int i = 0; i < 100_000; i++) {
            long a = random.nextLong() >> random.nextInt(40);
            long b = random.nextLong() >> random.nextInt(40);
            sum.addProduct(a, b >> 20);
            sum.add(b);
            exact = exact.add(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b >> 20)));
            exact = exact.add(BigInteger.valueOf(b));
            assertEquals(exact, sum.toAmount().units(), "seed " + seed + ", step " + i);
        }
        sum.clear();
        assertEquals(Amount.ZERO, sum.toAmount());
    }
}
