package io.tapekeeper.exchange.synthetic;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.exchange.market.RawTrade;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Real recordings beside the checkout; a test that needs one is skipped where it is absent. */
final class Recordings {
    private static final Pattern TRADE =
            Pattern.compile("\"t\":(\\d+),\"p\":\"([0-9.]+)\",\"q\":\"([0-9.]+)\",\"T\":(\\d+),\"m\":(true|false)");

    private Recordings() {}

    /** The raw trades of a recorded stream. */
    static Tape trades(String file) throws IOException {
        Tape tape = new Tape();
        try (BufferedReader lines = open("data/wire/" + file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher trade = TRADE.matcher(line);
                if (trade.find()) {
                    tape.add(new RawTrade(
                            Long.parseLong(trade.group(1)),
                            units(trade.group(2)),
                            units(trade.group(3)),
                            Long.parseLong(trade.group(4)) * 1000,
                            Boolean.parseBoolean(trade.group(5))));
                }
            }
        }
        return tape;
    }

    private static long units(String decimal) {
        return new BigDecimal(decimal).movePointRight(8).longValueExact();
    }

    /** The closes of a file of minute bars, one array per run of 1440 minutes without a gap. */
    static List<double[]> days(String file) throws IOException {
        List<double[]> days = new ArrayList<>();
        double[] closes = new double[1441];
        int count = 0;
        long last = 0;
        try (BufferedReader lines = open("data/klines/" + file)) {
            lines.readLine(); // the header
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] columns = line.split(",", -1);
                long time = Long.parseLong(columns[0]);
                if (time != last + 60_000) {
                    count = 0;
                }
                last = time;
                closes[count++] = Double.parseDouble(columns[4]);
                if (count == closes.length) {
                    days.add(closes.clone());
                    closes[0] = closes[count - 1];
                    count = 1;
                }
            }
        }
        return days;
    }

    private static BufferedReader open(String name) throws IOException {
        Path file =
                Path.of(System.getProperty("tapekeeper.shared", "../shared")).resolve(name);
        assumeTrue(Files.isRegularFile(file), () -> "no recording at " + file);
        return new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
    }
}
