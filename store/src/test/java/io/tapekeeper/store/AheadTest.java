package io.tapekeeper.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes fast is inserted before its batch ends; what is stored must not show it. */
class AheadTest {
    private static final TapeId OTHER = new TapeId("binance", "ETHUSDT", TapeKind.AGGREGATE, false);
    private static final List<String> TABLES =
            List.of("tape", "series", "trade", "bar", "feature", "rollup", "session");
    private static final int ENTRIES = 5_000;
    private static final long SEED = 7;

    @TempDir
    Path folder;

    /** Trades of two tapes by turns, a bar for every thirty, and now and then an event. */
    private static List<WriteSlot> batch() {
        Random random = new Random(SEED);
        List<WriteSlot> batch = new ArrayList<>();
        long ours = 0;
        long others = 0;
        for (int i = 0; i < ENTRIES; i++) {
            WriteSlot slot = new WriteSlot();
            if (i % 30 == 29) {
                slot.set(new WriteCommand.Closed(Samples.CLASSIC, Samples.row(i / 30)));
            } else if (i % 1_000 == 500) {
                slot.set(new WriteCommand.Happened(Samples.TAPE, Samples.BTCUSDT, "at " + i, i, ""));
            } else if (random.nextInt(3) > 0) {
                slot.set(Samples.TAPE, Samples.trade(ours++));
            } else {
                slot.set(OTHER, Samples.trade(others++));
            }
            batch.add(slot);
        }
        return batch;
    }

    /** What a store does with the batch, and all that is in its tables afterwards. */
    private interface Way {
        long commit(TransactionWriter statements, List<WriteSlot> batch, Statement direct) throws SQLException;
    }

    private List<String> stored(String name, Way way) throws SQLException {
        SqliteFile file = SqliteFile.place(folder.resolve(name));
        List<String> rows = new ArrayList<>();
        try (Connection connection = file.openForWriting(Durability.NORMAL, Schema.SCRIPTS);
                Statement direct = connection.createStatement()) {
            WriterConnection sql = new WriterConnection(connection);
            TransactionWriter statements = new TransactionWriter(sql, new RollupWriter(sql));
            rows.add("added " + way.commit(statements, batch(), direct));
            for (String table : TABLES) {
                rows.addAll(rows(direct, table));
            }
        }
        return rows;
    }

    private static List<String> rows(Statement direct, String table) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet all = direct.executeQuery("SELECT * FROM " + table + " ORDER BY 1, 2, 3")) {
            int columns = all.getMetaData().getColumnCount();
            while (all.next()) {
                StringBuilder row = new StringBuilder(table);
                for (int column = 1; column <= columns; column++) {
                    row.append(' ').append(all.getString(column));
                }
                rows.add(row.toString());
            }
        }
        assertTrue(!rows.isEmpty(), "nothing in " + table);
        return rows;
    }

    /** Hands over a part of it at a time; returns how much it had handed over when it failed, or all. */
    private static int grow(TransactionWriter statements, List<WriteSlot> batch, Random steps) throws SQLException {
        int given = 0;
        while (given < batch.size()) {
            given = Math.min(batch.size(), given + 1 + steps.nextInt(400));
            statements.ahead(batch.subList(0, given));
        }
        return given;
    }

    @Test
    void aBatchThatGrewIsStoredAsOneThatCameAtOnce() throws SQLException {
        List<String> once = stored("once.db", (statements, batch, direct) -> statements.commit(batch));
        for (int seed = 0; seed < 5; seed++) {
            Random steps = new Random(seed);
            List<String> grown = stored("grown-" + seed + ".db", (statements, batch, direct) -> {
                grow(statements, batch, steps);
                return statements.commit(batch);
            });
            assertEquals(once, grown, "seed " + seed);
        }
    }

    @Test
    void whatFailsBeforeItsBatchEndsIsInsertedAgainAsAWhole() throws SQLException {
        List<String> once = stored("once.db", (statements, batch, direct) -> statements.commit(batch));
        List<String> again = stored("again.db", (statements, batch, direct) -> {
            direct.execute("PRAGMA max_page_count = 60"); // of 4 KiB: a third of it
            assertThrows(SQLException.class, () -> grow(statements, batch, new Random(SEED)));
            statements.rollback();
            direct.execute("PRAGMA max_page_count = 1000000");
            return statements.commit(batch);
        });
        assertEquals(once, again);
    }
}
