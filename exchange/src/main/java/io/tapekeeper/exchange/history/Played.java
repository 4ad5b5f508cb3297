package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.SymbolTape;
import java.util.Optional;

/**
 * How far a tape has been played.
 *
 * @param block the block being played; all earlier blocks have been played to their end
 * @param trades how many of its trades have been played
 * @param aggregates how many of its aggregates are complete
 * @param last the last trade played, in this block or an earlier one
 */
public record Played(MinuteBlock block, int trades, int aggregates, Optional<RawTrade> last, Optional<Quote> quote) {
    /** How much of a block can be seen. */
    int visible(Print.Kind kind, MinuteBlock of) {
        if (of.minute() != block.minute()) {
            return of.count(kind);
        }
        return kind == Print.Kind.RAW ? trades : aggregates;
    }

    /** The block of a minute, the very one being played where it is that. */
    MinuteBlock blockOf(SymbolTape tape, long minute) {
        return minute == block.minute() ? block : tape.block(minute);
    }
}
