package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Block;
import io.tapekeeper.exchange.market.SymbolTape;

/** What is listed: raw trades or aggregates. */
public enum Kind {
    RAW {
        @Override
        int played(Played played) {
            return played.trades();
        }

        @Override
        int count(Block block) {
            return block.trades();
        }

        @Override
        long id(Block block, int index) {
            return block.trade(index).id();
        }

        @Override
        long time(Block block, int index) {
            return block.trade(index).time();
        }

        @Override
        long minute(SymbolTape tape, long id) {
            return tape.minuteOfTrade(id);
        }
    },
    AGGREGATE {
        @Override
        int played(Played played) {
            return played.aggregates();
        }

        @Override
        int count(Block block) {
            return block.aggregates();
        }

        @Override
        long id(Block block, int index) {
            return block.aggregate(index).id();
        }

        @Override
        long time(Block block, int index) {
            return block.aggregate(index).time();
        }

        @Override
        long minute(SymbolTape tape, long id) {
            return tape.minuteOfAggregate(id);
        }
    };

    abstract int played(Played played);

    abstract int count(Block block);

    abstract long id(Block block, int index);

    abstract long time(Block block, int index);

    abstract long minute(SymbolTape tape, long id);
}
