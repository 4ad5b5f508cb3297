package io.tapekeeper.analyze;

import io.tapekeeper.feature.ClassicFeatures;
import java.nio.charset.StandardCharsets;

/**
 * A line of a table of prices, read as text: the definition of what is understood.
 *
 * @param timeFrom where its time begins, in bytes from the line's start
 * @param timeTo where the time has ended
 * @param priceFrom the same of its price
 * @param trouble why it is no row, or null; then nothing else counts
 */
record PriceLine(double price, int timeFrom, int timeTo, int priceFrom, int priceTo, String trouble) {
    static PriceLine of(String line, PriceColumns columns) {
        String[] texts = line.split(",", -1);
        if (texts.length <= columns.last()) {
            return wrong("it has no time and price");
        }
        String text = texts[columns.price()].strip();
        double price = price(text);
        if (!(Math.abs(price) <= ClassicFeatures.LARGEST)) {
            return wrong("\"%s\" is %s".formatted(text, Double.isNaN(price) ? "no price" : "too large for a price"));
        }
        int timeFrom = bytesBefore(texts, columns.time());
        int priceFrom = bytesBefore(texts, columns.price());
        return new PriceLine(
                price,
                timeFrom,
                timeFrom + bytes(texts[columns.time()].strip()),
                priceFrom,
                priceFrom + bytes(text),
                null);
    }

    private static PriceLine wrong(String trouble) {
        return new PriceLine(Double.NaN, 0, 0, 0, 0, trouble);
    }

    private static int bytesBefore(String[] texts, int column) {
        int before = bytes(texts[column]) - bytes(texts[column].stripLeading());
        for (int i = 0; i < column; i++) {
            before += bytes(texts[i]) + 1;
        }
        return before;
    }

    private static int bytes(String part) {
        return part.getBytes(StandardCharsets.UTF_8).length;
    }

    /** NaN for no price. */
    private static double price(String text) {
        for (int at = 0; at < text.length(); at++) {
            if ("0123456789.+-eE".indexOf(text.charAt(at)) < 0) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN; // such as 1.2.3
        }
    }
}
