package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.Block;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.TreeMap;

/** One symbol of a recording, held in memory: about 150 bytes a trade and 60 a quote. Immutable. */
final class CapturedTape implements SymbolTape {
    /** A block that has trades, and its kline. */
    private record Traded(Block block, Kline kline) {}

    private final Listing listing;
    private final Map<Long, Block> blocks;
    private final NavigableMap<Long, Traded> traded = new TreeMap<>();
    private final NavigableMap<Long, Long> minuteByTrade = new TreeMap<>();
    private final NavigableMap<Long, Long> minuteByAggregate = new TreeMap<>();
    private final long lastMinute;

    /**
     * @param blocks by minute; at least one has a trade
     */
    CapturedTape(Listing listing, NavigableMap<Long, Block> blocks) {
        this.listing = listing;
        this.blocks = blocks;
        lastMinute = blocks.lastKey();
        for (Block block : blocks.values()) {
            if (block.trades() > 0) {
                long minute = block.minute();
                traded.put(minute, new Traded(block, block.kline(0, 0, block.trades())));
                minuteByTrade.put(block.trade(0).id(), minute);
                Aggregate first = block.aggregate(0);
                minuteByAggregate.put(first.id(), minute);
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
    public Block block(long minute) {
        Block block = blocks.get(minute);
        return block != null ? block : new Block.Builder(minute, 0).build();
    }

    @Override
    public Kline kline(long minute) {
        Entry<Long, Traded> last = traded.floorEntry(minute);
        if (last == null) {
            throw new IllegalArgumentException(
                    "%s had not traded by minute %d".formatted(listing.symbol(), minute));
        }
        Kline kline = last.getValue().kline();
        return last.getKey() == minute ? kline : Kline.empty(kline.close());
    }

    @Override
    public long minuteOfTrade(long id) {
        return floor(minuteByTrade, id);
    }

    @Override
    public long minuteOfAggregate(long id) {
        return floor(minuteByAggregate, id);
    }

    private long floor(NavigableMap<Long, Long> minutes, long id) {
        Entry<Long, Long> entry = minutes.floorEntry(id);
        return entry == null ? firstMinute() : entry.getValue();
    }
}
