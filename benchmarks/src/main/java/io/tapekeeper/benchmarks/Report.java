package io.tapekeeper.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What one call has measured.
 *
 * @param notes what a reader of the figures has to know
 */
record Report(Instant when, Machine machine, Size size, List<Figure> figures, List<String> notes) {
    private static final String LINE = "%-9s %-40s %12s %12s %12s  %-12s %s%n";

    /** A plain table. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(machine).append('\n');
        table.append(LINE.formatted("", "", "min", "median", "max", "", "to reach"));
        for (Figure figure : figures) {
            table.append(LINE.formatted(
                    figure.row(),
                    figure.what(),
                    Figure.text(figure.min()),
                    Figure.text(figure.median()),
                    Figure.text(figure.max()),
                    figure.unit(),
                    figure.target()));
        }
        notes.forEach(note -> table.append(note).append('\n'));
        if (size != Size.FULL) {
            table.append("Short runs, rough figures: --full measures as docs/performance.md does.\n");
        }
        return table.toString().replaceAll(" +\n", "\n");
    }

    String json() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("when", when.toString());
            json.writeStringProperty("machine", machine.toString());
            json.writeStringProperty("size", size.name().toLowerCase(Locale.ROOT));
            json.writeArrayPropertyStart("figures");
            for (Figure figure : figures) {
                json.writeStartObject();
                json.writeStringProperty("row", figure.row());
                json.writeStringProperty("what", figure.what());
                json.writeStringProperty("unit", figure.unit());
                json.writeNumberProperty("min", figure.min());
                json.writeNumberProperty("median", figure.median());
                json.writeNumberProperty("max", figure.max());
                json.writeArrayPropertyStart("runs");
                figure.runs().forEach(json::writeNumber);
                json.writeEndArray();
                json.writeStringProperty("target", figure.target());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("notes");
            notes.forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
