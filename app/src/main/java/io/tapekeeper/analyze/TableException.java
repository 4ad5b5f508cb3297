package io.tapekeeper.analyze;

import java.io.IOException;

/** Why a table of prices gives no rows: one plain sentence. Its cause is what stopped the reading, or null. */
public final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private TableException(String sentence, IOException cause) {
        super(sentence, cause);
    }

    /** The table was read, but it is not what it should be. */
    static TableException wrong(String sentence) {
        return new TableException(sentence, null);
    }

    /** The table could not be read to its end. */
    static TableException unreadable(String sentence, IOException cause) {
        return new TableException(sentence, cause);
    }

    /** Whether the table could not be read, as opposed to not understood. */
    public boolean isUnreadable() {
        return getCause() != null;
    }
}
