package io.tapekeeper.store;

import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Collectors;

/** INSERT statements that change a row where its key is there. Columns are parted by ", ". */
final class Upsert {
    private Upsert() {}

    /**
     * @param count rows an INSERT
     * @param more what else changes, from its comma on; may be empty
     */
    static String of(String table, String key, String values, int count, String more) {
        String columns = key + ", " + values;
        String row = "(" + columns.replaceAll("\\w+", "?") + ")";
        return "INSERT INTO %s (%s) VALUES %s ON CONFLICT DO UPDATE SET (%s) = (%s)%s"
                .formatted(
                        table,
                        columns,
                        String.join(", ", Collections.nCopies(count, row)),
                        values,
                        excluded(values),
                        more);
    }

    /** The columns as they were to be inserted. */
    static String excluded(String columns) {
        return Arrays.stream(columns.split(", "))
                .map(column -> "excluded." + column)
                .collect(Collectors.joining(", "));
    }
}
