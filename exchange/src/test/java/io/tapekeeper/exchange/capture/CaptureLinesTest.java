package io.tapekeeper.exchange.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.market.MinuteBlock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureLinesTest {
    private final Map<String, CaptureBuilder> builders = new HashMap<>();
    private final CaptureLines lines = new CaptureLines("capture", builders);

    private void trade(String event, String id, String price, String size, String time) {
        lines.take("1 {\"e\":\"trade\",\"E\":%s,\"s\":\"A\",\"t\":%s,\"p\":\"%s\",\"q\":\"%s\",\"T\":%s,\"m\":true}"
                .formatted(event, id, price, size, time));
    }

    @ParameterizedTest
    @CsvSource({
        "60000, -1, 1, 1, 60000",
        "60000, 9223372036854775807, 1, 1, 60000", // the next would have no number
        "60000, 8, -1, 1, 60000",
        "60000, 8, 1, -0.00000001, 60000",
        "60000, 8, 1, 1, -60000",
        "60000, 8, 1, 1, 9223372036854775807", // in microseconds it would be before 1970
        "-60000, 8, 1, 1, 60000",
        "9223372036854775807, 8, 1, 1, 60000",
    })
    void aTradeThatCannotBeIsLeftOut(String event, String id, String price, String size, String time) {
        trade("60000", "7", "1", "1", "60000");
        trade(event, id, price, size, time);
        trade("60000", "9", "1", "1", "60000");
        MinuteBlock block = builders.get("A").build().block(1);
        assertEquals(2, block.trades());
        assertEquals(9, block.trade(1).id());
        assertEquals(60_000_000, lines.startTime());
    }

    @Test
    void anAggregateEndsWhereItsSizeWouldBeBeyondALong() {
        trade("60000", "7", "1", "92233720368.54775807", "60000");
        trade("60000", "8", "1", "0.00000001", "60000");
        trade("60000", "9", "1", "0.00000002", "60000");
        MinuteBlock block = builders.get("A").build().block(1);
        assertEquals(2, block.aggregates());
        assertEquals(Long.MAX_VALUE, block.aggregate(0).size());
        assertEquals(3, block.aggregate(1).size());
        assertTrue(block.aggregate(1).first() == 8 && block.aggregate(1).last() == 9);
    }
}
