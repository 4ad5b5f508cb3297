package io.tapekeeper.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads server-sent events as a browser would. */
final class StreamClient implements AutoCloseable {
    record Event(String name, String id, String data) {
        /** A number of its data, by a plain look: the tests know the shape. */
        String field(String field) {
            Matcher matcher =
                    Pattern.compile("\"" + field + "\":(\"[^\"]*\"|[^,}]*)").matcher(data);
            if (!matcher.find()) {
                throw new AssertionError("no " + field + " in " + data);
            }
            return matcher.group(1).replace("\"", "");
        }

        long time() {
            return Long.parseLong(field("t"));
        }
    }

    private final InputStream body;
    private final BufferedReader lines;
    private final int status;

    StreamClient(HttpClient http, String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("Accept", "text/event-stream")
                .build();
        HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        status = answer.statusCode();
        body = answer.body();
        lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    int status() {
        return status;
    }

    /** The next event, or null where the stream has ended. */
    Event next() throws IOException {
        String name = "";
        String id = "";
        String data = "";
        String line = lines.readLine();
        while (line != null && !line.isEmpty()) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
            line = lines.readLine();
        }
        return line == null ? null : new Event(name, id, data);
    }

    /** The next event of that name. */
    Event next(String name) throws IOException {
        return until(event -> event.name().equals(name)).getLast();
    }

    /** All events up to one that fits, which is the last of them. */
    List<Event> until(Predicate<Event> last) throws IOException {
        List<Event> seen = new ArrayList<>();
        while (true) {
            Event event = next();
            if (event == null) {
                throw new IOException("the stream ended after " + seen.size() + " events");
            }
            seen.add(event);
            if (last.test(event)) {
                return seen;
            }
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
