package io.tapekeeper.app.doctor;

import io.tapekeeper.app.terminal.Findings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Is the page's port free, or does a recorder use it already? */
public record PortCheck(int port) implements Check {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @Override
    public void run(Findings findings) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            findings.fine("port", socket.getLocalPort() + " is free", Map.of("port", socket.getLocalPort()));
        } catch (IOException e) {
            if (isOurPage()) {
                findings.fine("port", port + " shows a recorder's page", Map.of("port", port));
            } else {
                findings.wrong(
                        "port",
                        port + " is in use by another program",
                        "end that program, or choose another port with --port",
                        Map.of("port", port));
            }
        }
    }

    /** Whether the program that has the port answers as a recorder's page does, be it well or not. */
    private boolean isOurPage() {
        URI health = URI.create("http://127.0.0.1:%d/health".formatted(port));
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(health).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            JsonNode page = JsonMapper.shared().readTree(answer.body());
            return page.path("writing").isBoolean() && page.path("symbols").isArray();
        } catch (IOException | JacksonException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
