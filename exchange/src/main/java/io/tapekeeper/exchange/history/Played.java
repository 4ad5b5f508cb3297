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
 * @param trades number of its trades that have been played
 * @param aggregates number of its aggregates that are complete
 * @param last the last trade played, in this block or an earlier one
 */
public record Played(MinuteBlock block, int trades, int aggregates, Optional<RawTrade> last, Optional<Quote> quote) {
    /** Number of prints of a block that are visible. */
    int visible(Print.Kind kind, MinuteBlock of) {
        if (of.minute() != block.minute()) {
            return of.count(kind);
        }
        return kind == Print.Kind.RAW ? trades : aggregates;
    }

    /** The block of a minute: this one if it is being played, else the tape's. */
    MinuteBlock blockOf(SymbolTape tape, long minute) {
        return minute == block.minute() ? block : tape.block(minute);
    }
}
