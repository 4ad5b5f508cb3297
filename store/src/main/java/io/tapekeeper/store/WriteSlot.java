package io.tapekeeper.store;

import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.tape.TapeId;

/** Room for one entry of the {@link WriteQueue}, a trade or a command; used again. */
final class WriteSlot {
    private final TradeSlot trade = new TradeSlot();
    private TapeId tape; // of the trade; null = it is a command
    private WriteCommand command; // null = it is a trade

    void set(TapeId itsTape, TradeView itsTrade) {
        tape = itsTape;
        trade.set(itsTrade);
        command = null;
    }

    void set(WriteCommand itsCommand) {
        tape = null;
        command = itsCommand;
    }

    boolean isTrade() {
        return command == null;
    }

    /** Of the trade; null where it is a command. */
    TapeId tape() {
        return tape;
    }

    /** Where it is a trade. */
    TradeView trade() {
        return trade;
    }

    /** Null where it is a trade. */
    WriteCommand command() {
        return command;
    }

    /** Whether it concerns the queue alone, not the file. */
    boolean ofTheQueue() {
        return command instanceof WriteCommand.Barrier || command instanceof WriteCommand.Stop;
    }
}
