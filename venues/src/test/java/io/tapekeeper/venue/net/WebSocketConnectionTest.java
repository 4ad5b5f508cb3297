package io.tapekeeper.venue.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.LocalWebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A line over TLS, to a server whose certificate names localhost. */
@Timeout(60)
class WebSocketConnectionTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final SocketLimits LIMITS = new SocketLimits(1 << 20, Duration.ofMillis(250));
    private static SSLContext serverTls;
    private static SslContext clientTls;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final WebSocketConnection.Receiver receiver = new WebSocketConnection.Receiver() {
        @Override
        public void messages(FrameBatch messages) {
            for (int i = 0; i < messages.count(); i++) {
                told.add(new String(messages.copyOf(i), StandardCharsets.UTF_8));
            }
        }

        @Override
        public void unusable(String reason, String beginning) {
            told.add("unusable: " + reason);
        }

        @Override
        public void paused() {
            told.add("paused");
        }

        @Override
        public void ended(String reason) {
            told.add("ended: " + reason);
        }
    };

    @BeforeAll
    static void certify(@TempDir Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertTrue(keytool.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, keytool.exitValue());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        serverTls = SSLContext.getInstance("TLS");
        serverTls.init(keys.getKeyManagers(), null, null);
        clientTls = SslContextBuilder.forClient()
                .trustManager((X509Certificate) store.getCertificate("server"))
                .endpointIdentificationAlgorithm("HTTPS")
                .build();
    }

    private static LocalWebSocket server() throws IOException {
        return new LocalWebSocket(
                serverTls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    private WebSocketConnection open(SocketLoop network, String host, LocalWebSocket server)
            throws IOException, InterruptedException {
        URI uri = URI.create("wss://" + host + ":" + server.port() + "/stream?streams=a@trade");
        return WebSocketConnection.open(network, uri, Duration.ofSeconds(10), InstantSource.system(), receiver);
    }

    @Test
    void speaksOverTlsAndIsToldOfTheEndBehindTheLastMessage() throws Exception {
        try (LocalWebSocket server = server();
                SocketLoop network = new SocketLoop(clientTls, LIMITS)) {
            open(network, "localhost", server);
            LocalWebSocket.Connection connection = server.next();
            assertEquals("/stream?streams=a@trade", connection.path);
            connection.send("gr\u00fc\u00df");
            connection.vanish();
            assertEquals("gr\u00fc\u00df", Eventually.next(told));
            assertTrue(Eventually.next(told).startsWith("ended: The connection to localhost:"));
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        try (LocalWebSocket server = server();
                SocketLoop network = new SocketLoop(clientTls, LIMITS)) {
            IOException refused = assertThrows(IOException.class, () -> open(network, "127.0.0.1", server));
            String reason = NetworkErrors.unreachable(URI.create("wss://127.0.0.1"), refused);
            assertTrue(reason.startsWith("No secure connection to 127.0.0.1"), reason);
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (LocalWebSocket server = server();
                SocketLoop network = new SocketLoop(SocketLoop.publicTrust(), LIMITS)) {
            IOException refused = assertThrows(IOException.class, () -> open(network, "localhost", server));
            String reason = NetworkErrors.unreachable(URI.create("wss://localhost"), refused);
            assertTrue(reason.startsWith("No secure connection to localhost"), reason);
        }
    }
}
