package io.tapekeeper.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.series.Preset;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PriceAnalysisTest {
    private static final int LARGE = 1 << 17;

    private static String rows(byte[] table, int chunkSize, int workers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PriceAnalysis("prices", Preset.CLASSIC, chunkSize, workers).run(new ByteArrayInputStream(table), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String failure(String table, int chunkSize, int workers) {
        byte[] bytes = table.getBytes(StandardCharsets.UTF_8);
        return assertThrows(TableException.class, () -> rows(bytes, chunkSize, workers))
                .getMessage();
    }

    /** Lines of all kinds, all but malformed ones. */
    private static byte[] table(Random random) {
        StringBuilder table = new StringBuilder(random.nextBoolean() ? "Price,time,x\r\n" : "");
        boolean named = !table.isEmpty();
        String[] ends = {"\n", "\r\n", "\r"};
        String end = ends[random.nextInt(ends.length)];
        for (int row = 0; row < 400; row++) {
            String price = Double.toString(random.nextInt(1, 9_999) / 100.0);
            String time = random.nextInt(20) == 0 ? " später\u2003" : Integer.toString(row);
            switch (random.nextInt(40)) {
                case 0 -> price = " +" + price + "e-3\t";
                case 1 -> table.append(' ').append(end); // a blank line
                case 2 -> price = "123456789012345678901234567890";
                case 3 -> price = "." + row;
                case 4 -> price = row + ".";
                default -> {}
            }
            table.append(named ? price + ',' + time + ",ü" : time + ',' + price);
            table.append(random.nextInt(30) == 0 ? "\n" : end);
        }
        return table.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void givesTheSameRowsWhereverItIsCutAndHoweverManyWork() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] table = table(random);
            String whole = rows(table, LARGE, 1);
            int chunkSize = random.nextInt(60, 2_000);
            int workers = random.nextInt(1, 5);
            assertEquals(
                    whole,
                    rows(table, chunkSize, workers),
                    "seed %d, chunks of %d, %d workers".formatted(seed, chunkSize, workers));
        }
    }

    @Test
    void namesTheFirstWrongLineHoweverManyWork() {
        String table = "1,2\n".repeat(1_000) + "7,x\n" + "1,2\n".repeat(1_000) + "7,y\n";
        for (int workers = 1; workers < 5; workers++) {
            assertEquals(
                    "prices, line 1001: \"x\" is no price (\"7,x\"); each line must be time,price",
                    failure(table, 100, workers));
        }
    }

    @Test
    void refusesWhatIsNoTableInOneSentence() throws IOException {
        assertEquals(
                "prices, line 2: it has no time and price (\"5\"); each line must be time,price",
                failure("1,2\n5\n", LARGE, 1));
        assertEquals(
                "prices, line 1: \"1e999\" is too large for a price (\"1,1e999\"); each line must" + " be time,price",
                failure("1,1e999", LARGE, 1));
        byte[] largest = "1,1e150".getBytes(StandardCharsets.UTF_8);
        assertTrue(rows(largest, LARGE, 1).contains("\n1,1e150,"));
        assertTrue(failure("1,1.1e150", LARGE, 1).contains("\"1.1e150\" is too large for a price"));
        assertEquals("prices holds no prices: each line must be time,price", failure("time,price\n\n", LARGE, 1));
        assertEquals("prices holds no prices: each line must be time,price", failure("", LARGE, 1));
        byte[] latin1 = "1,2\nsp\u00e4ter,3\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                "prices is no text in UTF-8: name a CSV of time,price",
                assertThrows(TableException.class, () -> rows(latin1, LARGE, 1)).getMessage());
        assertTrue(failure("1,2\n" + "0".repeat(200), 100, 2).contains("line 2: it is longer"));
    }

    @Test
    void roundsPricesAsTheirTextSays() throws IOException {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String digits = Long.toString(random.nextLong(1L << 57) >> random.nextInt(57));
            int point = random.nextInt(digits.length() + 1);
            String price = digits.substring(0, point) + "." + digits.substring(point);
            double value = Double.parseDouble(price);
            byte[] table = ("1,1\n2," + price + "\n").getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    "2," + price + "," + (value / 1 - 1) + ",,,neutral,,"
                            + (value > 0 ? Math.abs(StrictMath.log(value)) : ""),
                    rows(table, 100, 1).lines().skip(2).findFirst().orElseThrow(),
                    "seed " + seed);
        }
    }

    @Test
    void aWorkerThatCannotReadOrWriteEndsTheOthers() {
        byte[] table = "1,2\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        InputStream torn = new FilterInputStream(new ByteArrayInputStream(table)) {
            @Override
            public int read(byte[] to, int from, int most) throws IOException {
                int count = super.read(to, from, most);
                if (count < most) {
                    throw new IOException("torn");
                }
                return count;
            }
        };
        PriceAnalysis analysis = new PriceAnalysis("prices", Preset.CLASSIC, 100, 4);
        TableException failure =
                assertThrows(TableException.class, () -> analysis.run(torn, OutputStream.nullOutputStream()));
        assertEquals("prices cannot be read: torn", failure.getMessage());

        OutputStream full = new OutputStream() {
            private int room = 5_000;

            @Override
            public void write(int b) throws IOException {
                if (room-- == 0) {
                    throw new IOException("full");
                }
            }
        };
        PriceAnalysis other = new PriceAnalysis("prices", Preset.CLASSIC, 100, 4);
        IOException thrown = assertThrows(IOException.class, () -> other.run(new ByteArrayInputStream(table), full));
        assertEquals("full", thrown.getMessage());
    }
}
