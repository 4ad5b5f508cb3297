package io.tapekeeper.exchange.endless;

import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.synthetic.SyntheticMarket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One endless synthetic symbol. Only the start of each minute is kept, on disk; its trades are generated again on
 * demand, and the minutes used last stay in memory. A lost or damaged start is generated again from the one before, bit
 * for bit. Thread-safe.
 */
final class EndlessTape implements SymbolTape, AutoCloseable {
    private static final Logger LOG = System.getLogger(EndlessTape.class.getName());

    /** Makes the ids of aggregates differ from those of trades, as on the real venue. */
    private static final int RAW_PER_AGGREGATE = 3;

    /** About 5 MB of a busy symbol. */
    private static final int BLOCKS_KEPT = 16;

    private final long seed;
    private final Listing listing;
    private final long firstMinute;
    private final MinuteFile starts;
    private final Map<Long, MinuteBlock> blocks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, MinuteBlock> eldest) {
            return size() > BLOCKS_KEPT;
        }
    };

    /**
     * Opens the tape, or begins it if the file is new.
     *
     * @param startMicros the first trade comes at or after it
     */
    EndlessTape(long seed, Listing listing, long startMicros, Path file) throws IOException {
        this.seed = seed;
        this.listing = listing;
        MinuteStart start = begin(seed, listing, startMicros);
        firstMinute = Math.floorDiv(start.first().time(), MinuteBlock.MINUTE);
        starts = new MinuteFile(file, MinuteStart.size(start.state().remaining()), firstMinute);
        if (starts.read(firstMinute).isEmpty()) {
            starts.write(firstMinute, start);
        }
    }

    /** The first trade of a market, and the id of its first aggregate. */
    static MinuteStart begin(long seed, Listing listing, long startMicros) {
        SyntheticMarket market = new SyntheticMarket(seed, listing, startMicros);
        RawTrade first = market.next();
        return new MinuteStart(first, first.id() / RAW_PER_AGGREGATE, Kline.empty(0), ByteBuffer.wrap(market.save()));
    }

    @Override
    public Listing listing() {
        return listing;
    }

    @Override
    public long firstMinute() {
        return firstMinute;
    }

    @Override
    public long lastMinute() {
        return Long.MAX_VALUE;
    }

    @Override
    public synchronized MinuteBlock block(long minute) {
        if (minute < firstMinute) {
            return MinuteBlock.empty(minute);
        }
        MinuteBlock kept = blocks.get(minute);
        return kept != null ? kept : make(minute, start(minute));
    }

    @Override
    public Kline kline(long minute) {
        return starts.read(minute + 1).orElseGet(() -> start(minute + 1)).before();
    }

    @Override
    public long minuteOf(Print.Kind kind, long id) {
        long low = firstMinute;
        long high = starts.endMinute() - 1;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            MinuteStart start = start(middle);
            if ((kind == Print.Kind.RAW ? start.first().id() : start.aggregateId()) <= id) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The id of the last trade before a time, −1 if the market begins later. */
    long lastIdBefore(long time) {
        long minute = Math.max(firstMinute, Math.floorDiv(time, MinuteBlock.MINUTE));
        long id = start(minute).first().id();
        MinuteBlock block = block(minute);
        for (int at = 0; at < block.trades() && block.trade(at).time() < time; at++) {
            id = block.trade(at).id() + 1;
        }
        boolean none = id == start(firstMinute).first().id();
        return none ? -1 : id - 1;
    }

    private synchronized MinuteStart start(long minute) {
        Optional<MinuteStart> found = starts.read(minute);
        if (found.isPresent()) {
            return found.get();
        }
        long from = minute;
        while (found.isEmpty() && --from > firstMinute) {
            found = starts.read(from);
        }
        MinuteStart start = found.orElseGet(() -> starts.read(firstMinute).orElseThrow());
        if (minute < starts.endMinute() - 1) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} damaged minutes of the saved market are generated again",
                    listing.symbol(),
                    minute - from);
        }
        for (long made = from; made < minute; made++) {
            make(made, start);
            start = starts.read(made + 1).orElseThrow();
        }
        return start;
    }

    /** Generates a minute's trades, and stores the start of the next minute. */
    private MinuteBlock make(long minute, MinuteStart start) {
        byte[] state = new byte[start.state().remaining()];
        start.state().duplicate().get(state);
        SyntheticMarket market = SyntheticMarket.restore(seed, listing, state);
        MinuteBlock.Builder builder = new MinuteBlock.Builder(minute, start.aggregateId());
        long end = (minute + 1) * MinuteBlock.MINUTE;
        RawTrade trade = start.first();
        while (trade.time() < end) {
            builder.add(trade, trade.time());
            builder.add(market.quote());
            trade = market.next();
        }
        MinuteBlock block = builder.build();
        if (starts.read(minute + 1).isEmpty()) {
            Kline kline = block.kline(start.before().close(), 0, block.trades());
            long nextAggregate = start.aggregateId() + block.aggregates();
            starts.write(minute + 1, new MinuteStart(trade, nextAggregate, kline, ByteBuffer.wrap(market.save())));
        }
        blocks.put(minute, block);
        return block;
    }

    @Override
    public void close() throws IOException {
        starts.close();
    }
}
