package io.tapekeeper.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The fastest way that was found of putting rows into SQLite over JDBC: 50 rows an INSERT, 5,000 a transaction, one
 * thread that does nothing else. The table and the durability are those of the store. A process of its own.
 */
final class BareInsert {
    private static final int ROWS = 50;
    private static final int COLUMNS = 8;
    private static final int TRANSACTION = 5_000;

    private BareInsert() {}

    /** Arguments: file, rows. */
    public static void main(String[] args) throws SQLException {
        long rows = Long.parseLong(args[1]) / TRANSACTION * TRANSACTION;
        SQLiteConfig config = new SQLiteConfig();
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + args[0]);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = 4096");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA cache_size = -16384");
            statement.execute("PRAGMA wal_autocheckpoint = 8192");
            statement.execute("CREATE TABLE trade (tape INTEGER NOT NULL, id INTEGER NOT NULL, price INTEGER"
                    + " NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, received"
                    + " INTEGER NOT NULL, side INTEGER NOT NULL, raw INTEGER NOT NULL,"
                    + " PRIMARY KEY (tape, id)) STRICT, WITHOUT ROWID");
            connection.setAutoCommit(false);
            String row = "(?,?,?,?,?,?,?,?)";
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO trade VALUES " + String.join(",", Collections.nCopies(ROWS, row)))) {
                long began = System.nanoTime();
                for (long at = 0; at < rows; at += ROWS) {
                    for (int i = 0; i < ROWS; i++) {
                        bind(insert, i * COLUMNS, at + i);
                    }
                    insert.executeUpdate();
                    if ((at + ROWS) % TRANSACTION == 0) {
                        connection.commit();
                    }
                }
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.println("rows-per-second " + rows / seconds);
            }
        }
    }

    /** Numbers as large as real ones. */
    private static void bind(PreparedStatement insert, int before, long number) throws SQLException {
        insert.setLong(before + 1, 1);
        insert.setLong(before + 2, 3_000_000_000L + number);
        insert.setLong(before + 3, 6_100_000_000_000L + number % 100_003 * 1_000_000);
        insert.setLong(before + 4, (1 + number * 7919 % 99_999) * 1_000);
        insert.setLong(before + 5, 1_719_500_000_000_000L + number * 33_333);
        insert.setLong(before + 6, 3_000 + number % 1_009);
        insert.setLong(before + 7, number & 1);
        insert.setLong(before + 8, 1);
    }
}
