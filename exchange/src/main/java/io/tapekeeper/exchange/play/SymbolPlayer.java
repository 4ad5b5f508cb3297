package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.Played;
import io.tapekeeper.exchange.history.TimedKline;
import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.KlineInterval;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.wire.Payloads;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Plays one symbol: trades, each aggregate as soon as its last trade is out, quotes, and at each second of the tape the
 * klines. Owned by the player thread.
 */
final class SymbolPlayer {
    private static final long SECOND = 1_000_000L;

    /** A kline stream and its bar so far, kept only while it has subscribers. */
    private static final class KlineStream {
        final KlineInterval interval;
        final Stream stream;
        TimedKline forming;

        KlineStream(KlineInterval interval, Stream stream) {
            this.interval = interval;
            this.stream = stream;
        }
    }

    private final SymbolTape tape;
    private final String symbol;
    private final Broadcaster broadcaster;
    private final Stream tradeStream;
    private final Stream aggregateStream;
    private final Stream quoteStream;
    private final List<KlineStream> klineStreams;
    private final History history;
    private final boolean jumps;

    private MinuteBlock block;
    private int trades;
    private int aggregates;
    private int quotes;
    private int secondFrom; // first trade of the second being played
    private long nextSecond;
    private Optional<RawTrade> last = Optional.empty();
    private Optional<Quote> quote = Optional.empty();
    private boolean unpublished;

    /**
     * @param start where the tape's clock starts, in microseconds since the epoch
     * @param jumps whether to leave out minutes without events while no klines are wanted; only where the tape runs
     *     ahead of any clock, for a client that comes in such a minute would miss its klines
     */
    SymbolPlayer(SymbolTape tape, Streams streams, Broadcaster broadcaster, long start, boolean jumps) {
        this.tape = tape;
        this.jumps = jumps;
        this.broadcaster = broadcaster;
        symbol = tape.listing().symbol();
        String lower = symbol.toLowerCase(Locale.ROOT);
        tradeStream = streams.create(lower + "@trade");
        aggregateStream = streams.create(lower + "@aggTrade");
        quoteStream = streams.create(lower + "@bookTicker");
        klineStreams = KlineInterval.ALL.stream()
                .map(interval -> new KlineStream(interval, streams.create(lower + "@kline_" + interval.name())))
                .toList();
        block = tape.block(Math.floorDiv(start, MinuteBlock.MINUTE));
        nextSecond = Math.floorDiv(start, SECOND) * SECOND + SECOND;
        history = new History(tape, snapshot());
    }

    /** Continues after a trade that was played before this start. */
    void resume(long lastId) {
        long minute = tape.minuteOf(Print.Kind.RAW, lastId);
        block = tape.block(minute);
        while (block.trades() == 0 || block.trade(block.trades() - 1).id() < lastId) {
            block = tape.block(++minute);
        }
        while (trades < block.trades() && block.trade(trades).id() <= lastId) {
            last = Optional.of(block.trade(trades++));
        }
        while (aggregates < block.aggregates() && block.aggregate(aggregates).last() <= lastId) {
            aggregates++;
        }
        while (quotes < block.quotes() && block.quote(quotes).tradesBefore() <= trades) {
            quote = Optional.of(block.quote(quotes++));
        }
        nextSecond = Math.floorDiv(last.orElseThrow().time(), SECOND) * SECOND + SECOND;
        while (block.trade(secondFrom).time() < nextSecond - SECOND) {
            secondFrom++;
        }
        history.moveOn(snapshot());
    }

    History history() {
        return history;
    }

    long lastId() {
        return last.map(RawTrade::id).orElse(-1L);
    }

    boolean ended() {
        return block.minute() > tape.lastMinute()
                || (block.minute() == tape.lastMinute() && trades == block.trades() && quotes == block.quotes());
    }

    /** When the next event is due: a trade, a quote, or the end of a second. */
    long nextTime() {
        if (tradeComesBeforeSecond()) {
            return quoteIsNext() ? block.quote(quotes).time() : block.eventTime(trades);
        }
        return quoteIsNext() ? Math.min(block.quote(quotes).time(), nextSecond) : nextSecond;
    }

    void playNext() {
        if (quoteIsNext() && (tradeComesBeforeSecond() || block.quote(quotes).time() < nextSecond)) {
            playQuote();
        } else if (tradeComesBeforeSecond()) {
            playTrade();
        } else {
            closeSecond();
        }
        unpublished = true;
    }

    /** By its own time, not by when it was sent: what is sent late still belongs to its second. */
    private boolean tradeComesBeforeSecond() {
        return trades < block.trades() && block.trade(trades).time() < nextSecond;
    }

    private boolean quoteIsNext() {
        return quotes < block.quotes() && block.quote(quotes).tradesBefore() <= trades;
    }

    private void playQuote() {
        Quote now = block.quote(quotes++);
        quote = Optional.of(now);
        if (quoteStream.isWanted()) {
            broadcaster.send(quoteStream, out -> Payloads.quote(out, symbol, now));
        }
    }

    private void playTrade() {
        RawTrade trade = block.trade(trades);
        long eventTime = block.eventTime(trades);
        trades++;
        last = Optional.of(trade);
        if (tradeStream.isWanted()) {
            broadcaster.sendTrade(tradeStream, out -> Payloads.trade(out, symbol, trade, eventTime));
        }
        passBlanked();
        if (aggregates == block.aggregates()) {
            return;
        }
        Aggregate aggregate = block.aggregate(aggregates);
        if (aggregate.last() == trade.id()) {
            aggregates++;
            passBlanked();
            if (aggregateStream.isWanted()) {
                broadcaster.sendTrade(aggregateStream, out -> Payloads.aggregate(out, symbol, aggregate, eventTime));
            }
        }
    }

    /** Skips blanked aggregates, which only the history has. */
    private void passBlanked() {
        while (aggregates < block.aggregates() && block.aggregate(aggregates).isBlanked()) {
            aggregates++;
        }
    }

    private void closeSecond() {
        long end = nextSecond;
        for (KlineStream klines : klineStreams) {
            if (klines.stream.isWanted() && last.isPresent()) {
                sendKline(klines, end);
            } else {
                klines.forming = null;
            }
        }
        secondFrom = trades;
        nextSecond += SECOND;
        if (end % MinuteBlock.MINUTE == 0) {
            long minute = block.minute() + 1;
            if (jumps && klineStreams.stream().noneMatch(klines -> klines.stream.isWanted())) {
                minute = tape.eventfulFrom(minute);
                nextSecond = minute * MinuteBlock.MINUTE + SECOND;
            }
            block = tape.block(minute);
            trades = 0;
            aggregates = 0;
            quotes = 0;
            secondFrom = 0;
        }
    }

    /** Sends a bar when it closes, and every two seconds while it forms. */
    private void sendKline(KlineStream klines, long end) {
        TimedKline bar = klines.forming;
        if (bar == null) {
            publish();
            long open = klines.interval.start(end - SECOND, 0);
            long next = klines.interval.plus(open, 1, 0);
            bar = new TimedKline(open, next, history.kline(open, next));
        } else {
            Kline second = block.kline(bar.kline().close(), secondFrom, trades);
            bar = new TimedKline(bar.open(), bar.next(), bar.kline().plus(second));
        }
        TimedKline sent = bar;
        boolean closed = end == sent.next();
        if (closed || end % (2 * SECOND) == 0) {
            broadcaster.send(klines.stream, out -> Payloads.kline(out, symbol, klines.interval.name(), sent, end));
        }
        klines.forming = closed
                ? new TimedKline(
                        end,
                        klines.interval.plus(end, 1, 0),
                        Kline.empty(sent.kline().close()))
                : sent;
    }

    /** Makes visible to readers what has been played. */
    void publish() {
        if (unpublished) {
            history.moveOn(snapshot());
            unpublished = false;
        }
    }

    private Played snapshot() {
        return new Played(block, trades, aggregates, last, quote);
    }
}
