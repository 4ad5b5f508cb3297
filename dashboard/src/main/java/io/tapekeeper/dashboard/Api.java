package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.store.RowRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The answers that are one piece of JSON. Any number of threads may ask. */
final class Api {
    /** The request asks for what cannot be; the message says what to do instead. */
    static final class BadRequest extends Exception {
        private final int status;

        BadRequest(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Rows in one answer at most, and those behind which a page begins anew: 5.6 h of seconds. */
    static final int MOST_ROWS = 20_000;

    /** The last second that times in the API may name: far off, and safe to multiply. */
    static final long LATEST_SECOND = Integer.MAX_VALUE * 1_000L;

    /** Points of a range at most: more than a screen has columns. */
    static final int MOST_POINTS = 2_000;

    private static final int USUAL_POINTS = 1_000;
    private static final int USUAL_ROWS = 3_600;
    private static final int MOST_ALERTS = 200;

    private record AlertKey(Rule rule, long opened) {}

    private final Catalogue catalogue;
    private final HistorySource history;

    Api(Catalogue catalogue, HistorySource history) {
        this.catalogue = catalogue;
        this.history = history;
    }

    byte[] series() {
        List<Catalogue.Listed> all = catalogue.all();
        return Json.write(json -> {
            json.writeStartArray();
            for (Catalogue.Listed listed : all) {
                Json.series(json, listed.series(), listed.rows());
            }
            json.writeEndArray();
        });
    }

    byte[] history(Map<String, String> query) throws BadRequest {
        LiveSeries live = chosen(query);
        int limit = (int) number(query, "limit", USUAL_ROWS, 1, MOST_ROWS);
        if (!query.containsKey("before")) {
            TreeMap<Long, FeatureRow> rows = new TreeMap<>();
            for (FeatureRow row : history.latestFeatures(live.series(), limit)) {
                rows.put(row.bar().start(), row);
            }
            for (FeatureRow row : live.rows()) {
                rows.put(row.bar().start(), row); // newer than the store, or the same
            }
            List<FeatureRow> newest = new ArrayList<>(rows.values());
            newest = newest.subList(Math.max(0, newest.size() - limit), newest.size());
            return answer(newest, newest.size() == limit);
        }
        long before = number(query, "before", 0, 0, LATEST_SECOND) * 1_000_000L;
        List<FeatureRow> rows = history.featuresBefore(live.series(), before, limit);
        return answer(rows, !rows.isEmpty());
    }

    private static byte[] answer(List<FeatureRow> rows, boolean more) {
        return Json.write(json -> Json.history(json, rows, more));
    }

    /** A stretch of any length, in seconds, as at most {@link #MOST_POINTS} rows that keep all extremes. */
    byte[] range(Map<String, String> query) throws BadRequest {
        LiveSeries live = chosen(query);
        long from = number(query, "from", 0, 0, LATEST_SECOND) * 1_000_000L;
        long to = number(query, "to", LATEST_SECOND, 0, LATEST_SECOND) * 1_000_000L;
        int points = (int) number(query, "points", USUAL_POINTS, 1, MOST_POINTS);
        RowRange range = history.range(live.series(), from, to, points);
        return Json.write(json -> Json.range(json, range));
    }

    byte[] alerts(Map<String, String> query) throws BadRequest {
        return alertsOf(chosen(query));
    }

    /** The newest alerts of store and live view together, oldest first, as JSON. */
    byte[] alertsOf(LiveSeries live) {
        List<Alert> alerts = alerts(live);
        return Json.write(json -> {
            json.writeStartArray();
            alerts.forEach(alert -> Json.alert(json, alert));
            json.writeEndArray();
        });
    }

    private List<Alert> alerts(LiveSeries live) {
        Map<AlertKey, Alert> known = new TreeMap<>(Comparator.comparingLong(AlertKey::opened)
                .thenComparingInt(key -> key.rule().bit()));
        for (Alert alert : history.alerts(live.series(), MOST_ALERTS)) {
            known.put(new AlertKey(alert.rule(), alert.opened()), alert);
        }
        for (Alert alert : live.alerts()) {
            known.put(new AlertKey(alert.rule(), alert.opened()), alert);
        }
        List<Alert> all = new ArrayList<>(known.values());
        return all.subList(Math.max(0, all.size() - MOST_ALERTS), all.size());
    }

    /** The series that the query names. */
    LiveSeries chosen(Map<String, String> query) throws BadRequest {
        String id = query.get("series");
        if (id == null) {
            throw new BadRequest(400, "Name a series: ?series=ID, with an id from /api/series.");
        }
        LiveSeries live = catalogue.find(id);
        if (live == null) {
            throw new BadRequest(404, "There is no such series; /api/series lists them all.");
        }
        return live;
    }

    /** A whole number of the query from {@code least} to {@code most}. */
    static long number(Map<String, String> query, String name, long otherwise, long least, long most)
            throws BadRequest {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with what would be right
        }
        throw new BadRequest(400, "%s must be a whole number from %d to %d.".formatted(name, least, most));
    }
}
