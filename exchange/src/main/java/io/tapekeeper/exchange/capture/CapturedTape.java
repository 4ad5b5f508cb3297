package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.TreeMap;

/** One symbol of a recording, held in memory: about 150 bytes a trade and 60 a quote. Immutable. */
final class CapturedTape implements SymbolTape {
    /** A block that has trades, and its kline. */
    private record Traded(MinuteBlock block, Kline kline) {}

    private final Listing listing;
    private final NavigableMap<Long, MinuteBlock> blocks;
    private final NavigableMap<Long, Traded> traded = new TreeMap<>();
    private final Map<Print.Kind, NavigableMap<Long, Long>> minuteByFirstId =
            Map.of(Print.Kind.RAW, new TreeMap<>(), Print.Kind.AGGREGATE, new TreeMap<>());
    private final long lastMinute;

    /** @param blocks by minute; at least one has a trade */
    CapturedTape(Listing listing, NavigableMap<Long, MinuteBlock> blocks) {
        this.listing = listing;
        this.blocks = blocks;
        lastMinute = blocks.lastKey();
        for (MinuteBlock block : blocks.values()) {
            if (block.trades() > 0) {
                long minute = block.minute();
                traded.put(minute, new Traded(block, block.kline(0, 0, block.trades())));
                minuteByFirstId.forEach(
                        (kind, minutes) -> minutes.put(block.print(kind, 0).id(), minute));
            }
        }
    }

    @Override
    public Listing listing() {
        return listing;
    }

    @Override
    public long firstMinute() {
        return traded.firstKey();
    }

    @Override
    public long lastMinute() {
        return lastMinute;
    }

    @Override
    public long eventfulFrom(long minute) {
        Long found = blocks.ceilingKey(minute);
        return found == null ? minute : found;
    }

    @Override
    public long eventfulUpTo(long minute) {
        Long found = blocks.floorKey(minute);
        return found == null ? minute : found;
    }

    @Override
    public MinuteBlock block(long minute) {
        MinuteBlock block = blocks.get(minute);
        return block != null ? block : MinuteBlock.empty(minute);
    }

    @Override
    public Kline kline(long minute) {
        Entry<Long, Traded> last = traded.floorEntry(minute);
        if (last == null) {
            throw new IllegalArgumentException("%s had not traded by minute %d".formatted(listing.symbol(), minute));
        }
        Kline kline = last.getValue().kline();
        return last.getKey() == minute ? kline : Kline.empty(kline.close());
    }

    @Override
    public long minuteOf(Print.Kind kind, long id) {
        Entry<Long, Long> entry = minuteByFirstId.get(kind).floorEntry(id);
        return entry == null ? firstMinute() : entry.getValue();
    }
}
