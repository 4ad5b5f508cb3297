package io.tapekeeper.exchange.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Recordings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lines of a recording make a tape in order, and what is no frame is left out. */
class CaptureFuzzTest extends FuzzedDecoder {
    @Override
    protected boolean take(byte[] input) {
        Map<String, CaptureBuilder> builders = new LinkedHashMap<>();
        CaptureLines lines = new CaptureLines("capture", builders);
        new String(input, UTF_8).lines().forEach(lines::take);
        boolean traded = false;
        for (CaptureBuilder builder : builders.values()) {
            if (builder.hasTraded()) {
                traded = true;
                check(builder.build(), lines.startTime());
            }
        }
        return traded;
    }

    private static void check(CapturedTape tape, long startTime) {
        assertTrue(tape.listing().tickSize() > 0 && tape.listing().stepSize() > 0);
        long lastId = -1;
        long lastAggregate = -1;
        long lastRawOfAggregate = -1;
        long minute = tape.eventfulFrom(0);
        while (true) {
            MinuteBlock block = tape.block(minute);
            assertEquals(minute, block.minute());
            for (int i = 0; i < block.trades(); i++) {
                RawTrade trade = block.trade(i);
                assertTrue(trade.id() > lastId, tape.listing().symbol());
                assertTrue(trade.price() >= 0 && trade.size() >= 0);
                assertTrue(trade.time() / MinuteBlock.MINUTE <= minute);
                assertTrue(block.eventTime(i) >= trade.time());
                lastId = trade.id();
            }
            for (int i = 0; i < block.aggregates(); i++) {
                Aggregate aggregate = block.aggregate(i);
                assertTrue(aggregate.id() > lastAggregate && aggregate.size() >= 0);
                assertTrue(aggregate.first() > lastRawOfAggregate);
                assertTrue(aggregate.last() >= aggregate.first());
                lastAggregate = aggregate.id();
                lastRawOfAggregate = aggregate.last();
            }
            if (block.trades() > 0) {
                assertEquals(block.trades(), tape.kline(minute).trades());
            }
            if (minute == tape.lastMinute()) {
                break;
            }
            minute = tape.eventfulFrom(minute + 1);
        }
        assertTrue(startTime >= 0);
        assertEquals(lastRawOfAggregate, lastId);
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(Recordings.captures(), texts("""
                        1723161255400000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255310,"s":"BTCUSDT","t":8,"p":"61837.64000000","q":"0.00100000","T":1723161255309,"m":false,"M":true}}
                        1723161255400000001 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255310,"s":"BTCUSDT","t":9,"p":"61837.64000000","q":"0.00200000","T":1723161255309,"m":false,"M":true}}
                        """, """
                        1 {"e":"trade","E":60000,"s":"A","t":1,"p":"1","q":"1","T":60000,"m":true}
                        2 {"u":2,"s":"A","b":"1","B":"2","a":"2","A":"1"}
                        3 {"e":"trade","E":120000,"s":"A","t":3,"p":"1","q":"1","T":60000,"m":true}
                        """));
    }
}
