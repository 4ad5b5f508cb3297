package io.tapekeeper.dashboard;

import io.tapekeeper.dashboard.Query.BadRequest;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RowRange;
import java.util.List;

/** The answers that are one piece of JSON. Any number of threads may ask. */
final class Api {
    /** The last second that times in the API may name: far off, and safe to multiply. */
    static final long LATEST_SECOND = Integer.MAX_VALUE * 1_000L;

    /** Points of a range at most: more than a screen has columns. */
    static final int MOST_POINTS = 2_000;

    private static final int USUAL_POINTS = 1_000;
    private static final int USUAL_ROWS = 3_600;

    private final Catalogue catalogue;
    private final History history;

    Api(Catalogue catalogue, History history) {
        this.catalogue = catalogue;
        this.history = history;
    }

    byte[] series() {
        return Json.array(catalogue.all(), SeriesJson::series);
    }

    byte[] history(Query query) throws BadRequest {
        SeriesReader reader = chosen(query);
        int limit = (int) query.number("limit", USUAL_ROWS, 1, SeriesReader.MOST_ROWS);
        boolean fromTheEnd = !query.has("before");
        List<FeatureRow> rows = fromTheEnd ? reader.newest(limit) : reader.before(micros(query, "before", 0), limit);
        boolean more = fromTheEnd ? rows.size() == limit : !rows.isEmpty();
        return Json.write(json -> Json.history(json, rows, more));
    }

    /** A stretch of any length, in seconds, as at most {@link #MOST_POINTS} rows that keep all extremes. */
    byte[] range(Query query) throws BadRequest {
        SeriesReader reader = chosen(query);
        int points = (int) query.number("points", USUAL_POINTS, 1, MOST_POINTS);
        RowRange range = reader.range(micros(query, "from", 0), micros(query, "to", LATEST_SECOND), points);
        return Json.write(json -> Json.range(json, range));
    }

    byte[] alerts(Query query) throws BadRequest {
        return Json.array(chosen(query).alerts(), Json::alert);
    }

    /** The series that the query names. */
    SeriesReader chosen(Query query) throws BadRequest {
        String id = query.text("series");
        if (id == null) {
            throw new BadRequest(400, "Name a series: ?series=ID, with an id from /api/series.");
        }
        LiveSeries live = catalogue.find(id);
        if (live == null) {
            throw new BadRequest(404, "There is no such series; /api/series lists them all.");
        }
        return new SeriesReader(live, history);
    }

    private static long micros(Query query, String name, long otherwise) throws BadRequest {
        return query.number(name, otherwise, 0, LATEST_SECOND) * 1_000_000L;
    }
}
