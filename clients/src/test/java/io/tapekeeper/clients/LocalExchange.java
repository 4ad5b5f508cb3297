package io.tapekeeper.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running {@code ./tapekeeper exchange} with a synthetic market, a process of its own. */
final class LocalExchange implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("exchange: http://(\\S+) .*");

    private final Process process;
    private final String address;

    private LocalExchange(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Starts it at ten times the speed; its market is kept in the folder. */
    static LocalExchange start(Path folder, long seed) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("tapekeeper.lib") + "/*",
                        "io.tapekeeper.app.Main",
                        "exchange",
                        "--synthetic=" + seed,
                        "--port=0",
                        "--speed=10",
                        "--state=" + folder);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.matches()) {
                return new LocalExchange(process, matcher.group(1));
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the exchange did not start: " + said);
    }

    /** Host and port. */
    String address() {
        return address;
    }

    /**
     * The rows of the tape as it was played: id, price, size, time, whether the buyer was maker.
     */
    List<String[]> tape(String symbol, long firstId, int rows)
            throws IOException, InterruptedException {
        URI tape =
                URI.create(
                        "http://%s/sim/tape?symbol=%s&fromId=%d&limit=%d"
                                .formatted(address, symbol, firstId, rows));
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(tape).build(), BodyHandlers.ofString())
                    .body()
                    .lines()
                    .skip(1) // the names
                    .map(line -> line.split(",", -1))
                    .toList();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the exchange does not end");
        }
    }
}
