package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Block;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import java.util.Optional;

/**
 * How far a tape has been played.
 *
 * @param block the block being played; all earlier blocks have been played to their end
 * @param trades how many of its trades have been played
 * @param aggregates how many of its aggregates are complete
 * @param last the last trade played, in this block or an earlier one
 */
public record Played(
        Block block, int trades, int aggregates, Optional<RawTrade> last, Optional<Quote> quote) {}
