package io.tapekeeper.exchange;

import io.tapekeeper.exchange.play.Speed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording small enough to be checked by hand: seven trades of ABCUSDT in three minutes.
 *
 * <pre>
 * id   T (s after 10:00)  price  size  taker
 * 100    1.000            10.00   2    buy    \ one aggregate
 * 101    1.000            10.00   3    buy    /
 * 102    1.000            10.10   1    buy
 * 103   30.500             9.90   4    sell
 * 104   61.000             9.80   5    sell
 * 105  125.250            10.20   1.5  buy    \ one aggregate
 * 106  125.250            10.20   0.5  buy    /
 * </pre>
 */
final class TinyMarket {
    /** 2024-03-01 10:00:00 UTC, in milliseconds. */
    static final long TEN = 1_709_287_200_000L;

    static final int TRADES = 7;

    private TinyMarket() {}

    static String trade(long id, long afterTen, String price, String size, boolean sold) {
        long time = TEN + afterTen;
        return """
        %d {"stream":"abcusdt@trade","data":{"e":"trade","E":%d,"s":"ABCUSDT","t":%d,"p":"%s","q":"%s","T":%d,"m":%b,"M":true}}
        """.formatted(time * 1_000_000, time + 2, id, price, size, time, sold);
    }

    static String quote(long updateId, long afterTen, String bid, String ask) {
        return """
        %d {"stream":"abcusdt@bookTicker","data":{"u":%d,"s":"ABCUSDT","b":"%s","B":"7.00000000","a":"%s","A":"8.00000000"}}
        """.formatted((TEN + afterTen) * 1_000_000, updateId, bid, ask);
    }

    static Path write(Path folder) throws IOException {
        String frames = """
                %d {"stream":"abcusdt@depth@100ms","data":{"e":"depthUpdate","E":%d,"s":"ABCUSDT","U":1,"u":2,"b":[["9.99","1"]],"a":[]}}
                %d {"lastUpdateId":2,"bids":[["9.99000000","1.00000000"]],"asks":[]}
                """.formatted(TEN * 1_000_000, TEN, TEN * 1_000_000)
                + quote(3, 500, "9.99000000", "10.00000000")
                + trade(100, 1_000, "10.00000000", "2.00000000", false)
                + trade(101, 1_000, "10.00000000", "3.00000000", false)
                + trade(102, 1_000, "10.10000000", "1.00000000", false)
                + quote(9, 1_000, "10.05000000", "10.15000000")
                + trade(103, 30_500, "9.90000000", "4.00000000", true)
                + "this line is no frame\n"
                + trade(104, 61_000, "9.80000000", "5.00000000", true)
                + trade(105, 125_250, "10.20000000", "1.50000000", false)
                + trade(106, 125_250, "10.20000000", "0.50000000", false)
                + quote(12, 125_250, "10.19000000", "10.21000000");
        return Files.writeString(folder.resolve("abcusdt.txt"), frames);
    }

    static ExchangeConfig config(Path folder) throws IOException {
        return ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(write(folder))))
                .withSpeed(Speed.MAX);
    }

    /** Plays the recording to its end. */
    static void playOut(Client client) throws Exception {
        try (Client.Socket socket = client.connect("/ws/abcusdt@trade")) {
            socket.next(TRADES);
            client.awaitState("ended");
        }
    }
}
