package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import io.tapekeeper.venue.net.FrameBatch;
import io.tapekeeper.venue.stream.FrameParser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the messages of one connection: nearly all by {@link TradeScanner}, the others by {@link BinanceDecoder}. */
final class BinanceFrameParser implements FrameParser {
    /** @param place among the instruments of the connection */
    private record Carried(Instrument instrument, int place) {}

    private final TapeKind kind;
    private final Map<String, Carried> carried = new HashMap<>(); // by symbol
    private final TradeScanner<Carried> scanner;
    private final BinanceDecoder decoder = new BinanceDecoder();

    BinanceFrameParser(TapeKind kind, List<Instrument> instruments) {
        this.kind = kind;
        for (Instrument instrument : instruments) {
            carried.put(instrument.symbol(), new Carried(instrument, carried.size()));
        }
        scanner = new TradeScanner<>(kind, carried);
    }

    @Override
    public void parse(FrameBatch messages, TradeBatch trades, Sink sink) {
        byte[] bytes = messages.bytes();
        long received = messages.received();
        for (int i = 0; i < messages.count(); i++) {
            TradeSlot slot = trades.next();
            Carried of = scanner.scan(bytes, messages.from(i), messages.to(i), received, slot);
            if (of == null) {
                of = unusual(messages.copyOf(i), received, slot, sink);
            }
            if (of != null) {
                trades.add(of.instrument, of.place);
                if (trades.isFull()) {
                    sink.full();
                }
            }
        }
    }

    /** Whatever is not written as nearly all trades are; null where it is no trade of ours. */
    private Carried unusual(byte[] message, long received, TradeSlot slot, Sink sink) {
        switch (decoder.decode(message, received)) {
            case Decoded.SymbolTrade trade
            when trade.kind() == kind && carried.containsKey(trade.symbol()) -> {
                slot.set(trade.trade());
                return carried.get(trade.symbol());
            }
            case Decoded.SymbolTrade other -> sink.ignored();
            case Decoded.Reply reply -> sink.ignored(); // we ask by URL only
            case Decoded.Ignored ignored -> sink.ignored();
            case Decoded.Malformed malformed -> sink.malformed(malformed.reason(), message);
            case Decoded.ServerShutdown shutdown -> sink.closing();
            case Decoded.ErrorReply(long code, String text) -> sink.refused("%s (code %d)".formatted(text, code));
        }
        return null;
    }
}
