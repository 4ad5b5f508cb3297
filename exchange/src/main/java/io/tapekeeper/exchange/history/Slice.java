package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Block;

/** Consecutive trades, or aggregates, of one block: from {@code from} to before {@code to}. */
public record Slice(Block block, int from, int to) {}
