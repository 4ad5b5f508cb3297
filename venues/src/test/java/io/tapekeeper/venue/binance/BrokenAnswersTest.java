package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that sends these bytes to whoever asks, and hangs up. */
@Timeout(60)
class BrokenAnswersTest {
    private static final String PAGE =
            "[{\"a\":8,\"p\":\"1.5\",\"q\":\"2\",\"f\":1,\"l\":2,\"T\":1790000000000,\"m\":true,\"M\":true}]";

    private ServerSocket server;
    private BinanceRest rest;
    private volatile byte[] answer;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        URI address = URI.create("http://127.0.0.1:" + server.getLocalPort());
        rest = new BinanceRest(address, Patience.shortRetries());
    }

    @AfterEach
    void close() throws IOException {
        rest.close();
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                InputStream request = socket.getInputStream();
                for (int line = 0, c = request.read(); c >= 0; c = request.read()) {
                    line = c == '\n' ? 0 : c == '\r' ? line : line + 1;
                    if (c == '\n' && request.available() == 0) {
                        break; // the head is over, and there is no body
                    }
                }
                socket.getOutputStream().write(answer);
            } catch (SocketException e) {
                // closed, or the client hung up first
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void answers(String head, String body) {
        answer = (head.replace("\n", "\r\n") + "\r\n\r\n" + body).getBytes(ISO_8859_1);
    }

    private VenueException failure() {
        VenueException failure = assertThrows(VenueException.class, this::page);
        assertTrue(failure.getMessage().endsWith("."), failure.getMessage());
        return failure;
    }

    private TradePage page() {
        return rest.tradesFrom("BTCUSDT", TapeKind.AGGREGATE, 0, 1_000, Priority.LIVE);
    }

    private void worksAgain() {
        answers("HTTP/1.1 200 OK\nContent-Length: " + PAGE.length(), PAGE);
        assertEquals(8, page().lastId());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // cut within the body, within the head, before it; no HTTP at all
                "HTTP/1.1 200 OK~Content-Length: 5000|UNREACHABLE",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked|UNREACHABLE",
                "SSH-2.0-OpenSSH_9.6|UNREACHABLE",
                "HTTP/1.1 200 OK~Content-Length: -7|UNREACHABLE",
                "HTTP/1.1 200 OK~Content-Length: many|UNREACHABLE",
                "HTTP/1.1 999999 OK~Content-Length: 0|UNREACHABLE",
                // shorter than the body, so that it ends within the JSON
                "HTTP/1.1 200 OK~Content-Length: 30|BAD_ANSWER",
                "HTTP/1.1 200 OK~Content-Length: 0|BAD_ANSWER",
                "HTTP/1.1 204 No Content|BAD_ANSWER",
                "HTTP/1.1 302 Found~Location: http://127.0.0.1:1/~Content-Length: 0|BAD_ANSWER",
                "HTTP/1.1 400 Bad Request~Content-Length: 2|BAD_ANSWER",
                "HTTP/1.1 502 Bad Gateway~Content-Length: 2|UNREACHABLE"
            })
    void isOneFailureOfTheRightKind(String head, Kind kind) {
        answers(head.replace('~', '\n'), PAGE);
        assertEquals(kind, failure().kind());
        worksAgain();
    }

    @Test
    void nothingAtAllIsUnreachable() {
        answer = new byte[0];
        assertEquals(Kind.UNREACHABLE, failure().kind());
        worksAgain();
    }

    @Test
    void whatFollowsACompleteDocumentIsNotPassedOver() {
        answers("HTTP/1.1 200 OK\nContent-Length: 8", "[]\"a\":8,");
        assertEquals(Kind.BAD_ANSWER, failure().kind()); // and not a page without trades
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anAnswerCutOrDamagedAnywhereGivesAPageOrAFailureAndNothingElse(long seed) {
        Random random = new Random(seed);
        int failures = 0;
        for (int i = 0; i < 300; i++) {
            byte[] body = PAGE.getBytes(ISO_8859_1);
            int cut = random.nextInt(body.length + 1);
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            answers("HTTP/1.1 200 OK\nContent-Length: " + cut, new String(body, ISO_8859_1));
            try {
                TradePage page = page(); // a digit may have become another, or no digit
                assertEquals(1, page.size(), "seed " + seed + ", step " + i);
            } catch (VenueException e) {
                assertEquals(Kind.BAD_ANSWER, e.kind(), "seed " + seed + ", step " + i + ": " + e);
                failures++;
            }
        }
        assertTrue(failures > 200, "seed " + seed + ": " + failures);
        worksAgain();
    }
}
