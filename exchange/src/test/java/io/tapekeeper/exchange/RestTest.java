package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST table of the protocol on the tiny market, played to its end. */
class RestTest {
    private static final String NO_SYMBOL =
            "{\"code\":-1102,\"msg\":\"Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.\"}";

    private static Exchange exchange;
    private static Client client;

    @BeforeAll
    static void play(@TempDir Path folder) throws Exception {
        exchange = Exchange.start(TinyMarket.config(folder).withWeightPerMinute(Integer.MAX_VALUE));
        client = new Client(exchange);
        TinyMarket.playOut(client);
    }

    @AfterAll
    static void stop() {
        client.close();
        exchange.close();
    }

    private static String api(String pathAndQuery) throws Exception {
        return client.body("/api/v3/" + pathAndQuery);
    }

    private static String refused(String pathAndQuery) throws Exception {
        HttpResponse<String> response = client.get("/api/v3/" + pathAndQuery);
        assertEquals(400, response.statusCode(), response.body());
        return response.body();
    }

    @Test
    void answersPing() throws Exception {
        assertEquals("{}", api("ping"));
    }

    @Test
    void answersWithTheTimeOfTheTape() throws Exception {
        Matcher time = Pattern.compile("\\{\"serverTime\":([0-9]+)}").matcher(api("time"));
        assertTrue(time.matches());
        long behindEnd = Long.parseLong(time.group(1)) - (TinyMarket.TEN + 125_252);
        assertTrue(behindEnd >= 0 && behindEnd < 600_000, "ms after the tape's end: " + behindEnd);
    }

    @Test
    void listsTheNewestRawTrades() throws Exception {
        assertEquals(
                "[{\"id\":105,\"price\":\"10.20000000\",\"qty\":\"1.50000000\",\"quoteQty\":\"15.30000000\",\"time\":1709287325250,\"isBuyerMaker\":false,\"isBestMatch\":true},"
                        + "{\"id\":106,\"price\":\"10.20000000\",\"qty\":\"0.50000000\",\"quoteQty\":\"5.10000000\",\"time\":1709287325250,\"isBuyerMaker\":false,\"isBestMatch\":true}]",
                api("trades?symbol=ABCUSDT&limit=2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trades?symbol=ABCUSDT | 100 101 102 103 104 105 106",
                "trades?symbol=ABCUSDT&limit=5000 | 100 101 102 103 104 105 106",
                "historicalTrades?symbol=ABCUSDT&limit=3 | 104 105 106",
                "historicalTrades?symbol=ABCUSDT&fromId=102&limit=3 | 102 103 104",
                "historicalTrades?symbol=ABCUSDT&fromId=0&limit=1 | 100",
                "historicalTrades?symbol=ABCUSDT&fromId=106 | 106",
                "historicalTrades?symbol=ABCUSDT&fromId=107 | ''",
            })
    void pagesRawTradesById(String query, String ids) throws Exception {
        assertEquals(ids, numbers(api(query), "id"));
    }

    @Test
    void givesAnAggregateItsRawRange() throws Exception {
        assertEquals(
                "[{\"a\":100,\"p\":\"10.00000000\",\"q\":\"5.00000000\",\"f\":100,\"l\":101,\"T\":1709287201000,\"m\":false,\"M\":true}]",
                api("aggTrades?symbol=ABCUSDT&fromId=100&limit=1"));
    }

    /** Aggregates 100..104 begin at raw trades 100, 102, 103, 104, 105. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 100 102 103 104 105",
                "&limit=2 | 104 105",
                "&fromId=102 | 103 104 105",
                "&fromId=3 | 100 102 103 104 105",
                "&fromId=105 | ''",
                "&startTime=1709287201000 | 100 102 103 104 105",
                "&startTime=1709287201001 | 103 104 105",
                "&startTime=1709287201001&limit=1 | 103",
                "&startTime=1709287201001000&limit=1 | 103", // microseconds
                "&endTime=1709287230500 | 100 102 103",
                "&endTime=1709287230500&limit=1 | 103",
                "&startTime=1709287230500&endTime=1709287261000 | 103 104",
                "&startTime=1709287230500&endTime=1709287230500 | 103",
                "&startTime=1709287300000&endTime=1709287200000 | ''",
                "&startTime=1 | 100 102 103 104 105",
                "&endTime=1 | ''",
                "&startTime=9999999999999 | ''",
            })
    void choosesAggregatesByIdAndTime(String parameters, String firstRawIds) throws Exception {
        assertEquals(firstRawIds, numbers(api("aggTrades?symbol=ABCUSDT" + parameters), "f"));
    }

    @Test
    void numbersAggregatesOneByOne() throws Exception {
        assertEquals("100 101 102 103 104", numbers(api("aggTrades?symbol=ABCUSDT"), "a"));
    }

    @Test
    void makesMinuteBarsOfThePlayedTrades() throws Exception {
        // 10:00: 2·10 + 3·10 + 1·10.1 + 4·9.9 = 99.7, of which buyers took 60.1
        assertEquals(
                "[[1709287200000,\"10.00000000\",\"10.10000000\",\"9.90000000\",\"9.90000000\",\"10.00000000\",1709287259999,\"99.70000000\",4,\"6.00000000\",\"60.10000000\",\"0\"],"
                        + "[1709287260000,\"9.80000000\",\"9.80000000\",\"9.80000000\",\"9.80000000\",\"5.00000000\",1709287319999,\"49.00000000\",1,\"0.00000000\",\"0.00000000\",\"0\"],"
                        + "[1709287320000,\"10.20000000\",\"10.20000000\",\"10.20000000\",\"10.20000000\",\"2.00000000\",1709287379999,\"20.40000000\",2,\"2.00000000\",\"20.40000000\",\"0\"]]",
                api("klines?symbol=ABCUSDT&interval=1m&endTime=1709287320000"));
    }

    @Test
    void givesBarsWithoutTradesThePreviousClose() throws Exception {
        assertEquals(
                "[[1709287230000,\"9.90000000\",\"9.90000000\",\"9.90000000\",\"9.90000000\",\"4.00000000\",1709287230999,\"39.60000000\",1,\"0.00000000\",\"0.00000000\",\"0\"],"
                        + "[1709287231000,\"9.90000000\",\"9.90000000\",\"9.90000000\",\"9.90000000\",\"0.00000000\",1709287231999,\"0.00000000\",0,\"0.00000000\",\"0.00000000\",\"0\"]]",
                api("klines?symbol=ABCUSDT&interval=1s&startTime=1709287229001&limit=2"));
    }

    @ParameterizedTest
    @CsvSource({
        "1s,1709287201000", "1m,1709287200000", "3m,1709287200000", "5m,1709287200000",
        "15m,1709287200000", "30m,1709287200000", "1h,1709287200000", "2h,1709287200000",
        "4h,1709280000000", "6h,1709272800000", "8h,1709280000000", "12h,1709251200000",
        "1d,1709251200000", "3d,1709164800000", "1w,1708905600000", "1M,1709251200000"
    })
    void knowsEveryInterval(String interval, long firstOpen) throws Exception {
        String bars = api("klines?symbol=ABCUSDT&interval=" + interval + "&startTime=0&limit=1");
        assertTrue(bars.startsWith("[[" + firstOpen + ","), bars);
    }

    @Test
    void shiftsTheEdgesOfBarsByTimeZone() throws Exception {
        String bars = api("klines?symbol=ABCUSDT&interval=1d&timeZone=" + Client.encoded("+05:30"));
        // 2024-03-01 00:00 in India is 18:30 UTC of the day before
        assertTrue(bars.startsWith("[[1709231400000,"), bars);
    }

    @Test
    void putsTheBestQuoteIntoDepth() throws Exception {
        assertEquals(
                "{\"lastUpdateId\":12,\"bids\":[[\"10.19000000\",\"7.00000000\"]],\"asks\":[[\"10.21000000\",\"8.00000000\"]]}",
                api("depth?symbol=ABCUSDT&limit=5"));
    }

    @Test
    void givesTickersAsObjectOrList() throws Exception {
        String one = "{\"symbol\":\"ABCUSDT\",\"price\":\"10.20000000\"}";
        assertEquals(one, api("ticker/price?symbol=ABCUSDT"));
        assertEquals("[" + one + "]", api("ticker/price"));
        assertEquals("[" + one + "]", api("ticker/price?symbols=" + Client.encoded("[\"ABCUSDT\"]")));
        assertEquals("[]", api("ticker/price?symbolStatus=HALT"));
        assertEquals(
                "{\"symbol\":\"ABCUSDT\",\"bidPrice\":\"10.19000000\",\"bidQty\":\"7.00000000\",\"askPrice\":\"10.21000000\",\"askQty\":\"8.00000000\"}",
                api("ticker/bookTicker?symbol=ABCUSDT"));
    }

    @Test
    void sumsUpTheDay() throws Exception {
        String day = api("ticker/24hr?symbol=ABCUSDT");
        // volume 10 + 5 + 2 = 17, quote 99.7 + 49 + 20.4 = 169.1, average 169.1 / 17
        assertTrue(
                day.startsWith(
                        "{\"symbol\":\"ABCUSDT\",\"priceChange\":\"0.20000000\",\"priceChangePercent\":\"2.000\",\"weightedAvgPrice\":\"9.94705882\",\"prevClosePrice\":\"10.00000000\",\"lastPrice\":\"10.20000000\",\"lastQty\":\"0.50000000\""),
                day);
        assertTrue(
                day.contains(
                        "\"openPrice\":\"10.00000000\",\"highPrice\":\"10.20000000\",\"lowPrice\":\"9.80000000\",\"volume\":\"17.00000000\",\"quoteVolume\":\"169.10000000\""),
                day);
        assertTrue(day.endsWith("\"firstId\":100,\"lastId\":106,\"count\":7}"), day);
        assertTrue(api("ticker/24hr?type=MINI").startsWith("[{\"symbol\":\"ABCUSDT\",\"openPrice\""));
    }

    @Test
    void listsSymbolsWithTheirSteps() throws Exception {
        String info = api("exchangeInfo");
        assertTrue(info.contains("\"baseAsset\":\"ABC\""), info);
        assertTrue(info.contains("\"quoteAsset\":\"USDT\""), info);
        assertTrue(info.contains("\"tickSize\":\"0.01000000\""), info);
        assertTrue(info.contains("\"stepSize\":\"0.10000000\""), info);
        assertTrue(
                info.contains("{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,"),
                info);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SPOT | true",
                "MARGIN | false",
                "[\"MARGIN\",\"SPOT\"] | true",
                "[\"MARGIN\",\"LEVERAGED\"] | false",
            })
    void listsNoSymbolWithoutThePermissionAskedFor(String permissions, boolean listed) throws Exception {
        String info = api("exchangeInfo?permissions=" + Client.encoded(permissions));
        assertEquals(listed, info.contains("ABCUSDT"), info);
    }

    @Test
    void averagesThePriceOfFiveMinutes() throws Exception {
        // all of the tape: quote 169.1, volume 17
        assertEquals(
                "{\"mins\":5,\"price\":\"9.94705882\",\"closeTime\":1709287325250}", api("avgPrice?symbol=ABCUSDT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n",
                "Host: localhost:1\r\nOrigin: null\r\n",
                "Host: evil.example\r\n",
                "Host: 127.0.0.1.evil.example\r\n",
                ""
            })
    void takesNoOrdersFromWebPages(String headers) throws Exception {
        String answer = order(headers);
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        assertTrue(answer.contains("not from web pages"), answer);
        assertFalse(answer.toLowerCase(Locale.ROOT).contains("access-control"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "LOCALHOST:8080", "[::1]:8080"})
    void takesOrdersFromThisMachine(String host) throws Exception {
        String answer = order("Host: " + host + "\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }

    @Test
    void givesNoPageLeaveToReadOrMoveTheMarket() throws Exception {
        HttpResponse<String> options = client.send("OPTIONS", "/sim/refuse?seconds=1");
        assertEquals(404, options.statusCode());
        assertTrue(options.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        assertTrue(client.get("/sim/state")
                .headers()
                .firstValue("Access-Control-Allow-Origin")
                .isEmpty());
    }

    private static String order(String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), exchange.port())) {
            String request = "POST /sim/play HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void givesTimesInMicrosecondsOnRequest() throws Exception {
        String unit = "X-MBX-TIME-UNIT";
        assertTrue(client.get("/api/v3/trades?symbol=ABCUSDT&limit=1", unit, "MICROSECOND")
                .body()
                .contains("\"time\":1709287325250000,"));
        assertTrue(client.get("/api/v3/klines?symbol=ABCUSDT&interval=1m&startTime=0&limit=1", unit, "microsecond")
                .body()
                .matches("\\[\\[1709287200000000,.*,1709287259999999,.*"));
        assertTrue(client.get("/api/v3/time", unit, "SECOND").body().startsWith("{\"code\":-1194,"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trades?symbol=XYZUSDT | -1121",
                "trades?symbol=abcusdt | -1100",
                "trades?symbol=ABCUSDT&limit=ten | -1100",
                "trades?symbol=ABCUSDT&limit=0 | -1130",
                "trades?symbol=ABCUSDT&limit= | -1105",
                "trades?symbol=ABCUSDT&symbol=ABCUSDT | -1101",
                "trades?symbol=ABCUSDT&color=red | -1104",
                "ping?symbol=ABCUSDT | -1101",
                "historicalTrades?symbol=ABCUSDT&fromId=-1 | -1100",
                "historicalTrades?symbol=ABCUSDT&fromId=99999999999999999999 | -1130",
                "aggTrades?symbol=ABCUSDT&fromId=1&startTime=1 | -1128",
                "klines?symbol=ABCUSDT&interval=2m | -1120",
                "klines?symbol=ABCUSDT&interval=1H | -1120",
                "klines?symbol=ABCUSDT&interval=1d&timeZone=15 | -1130",
                "ticker/price?symbol=ABCUSDT&symbols=%5B%22ABCUSDT%22%5D | -1128",
                "exchangeInfo?symbol=ABCUSDT&permissions=SPOT | -1128",
                "ticker/price?symbols=ABCUSDT | -1100",
                "ticker/price?symbols=%5B%22ABCUSDT%22%2C%22ABCUSDT%22%5D | -1151",
                "ticker/price?symbols=%5B%22XYZUSDT%22%5D | -1121",
                "ticker/price?symbolStatus=ASLEEP | -1122",
                "ticker/price?symbol=ABCUSDT&symbolStatus=HALT | -1220",
            })
    void refusesWhatIsWrongWithItsCode(String query, int code) throws Exception {
        String body = refused(query);
        assertTrue(body.startsWith("{\"code\":" + code + ",\"msg\":\""), body);
    }

    @Test
    void namesTheMandatoryParameterThatIsMissing() throws Exception {
        assertEquals(NO_SYMBOL, refused("trades"));
        assertEquals(NO_SYMBOL, refused("depth?symbol="));
        assertTrue(refused("klines?symbol=ABCUSDT").contains("'interval'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ping | 1",
                "time | 1",
                "exchangeInfo | 20",
                "ticker/price?symbol=ABCUSDT | 2",
                "ticker/price | 4",
                "ticker/bookTicker?symbol=ABCUSDT | 2",
                "ticker/bookTicker | 4",
                "ticker/24hr?symbol=ABCUSDT | 2",
                "ticker/24hr?symbols=%5B%22ABCUSDT%22%5D | 2",
                "ticker/24hr | 80",
                "trades?symbol=ABCUSDT | 25",
                "historicalTrades?symbol=ABCUSDT | 25",
                "aggTrades?symbol=ABCUSDT | 4",
                "klines?symbol=ABCUSDT&interval=1m | 2",
                "avgPrice?symbol=ABCUSDT | 2",
                "depth?symbol=ABCUSDT | 5",
                "depth?symbol=ABCUSDT&limit=101 | 25",
                "depth?symbol=ABCUSDT&limit=1000 | 50",
                "depth?symbol=ABCUSDT&limit=5000 | 250",
                "trades?symbol=XYZUSDT | 25",
            })
    void countsEachRequestByItsWeight(String query, int weight) throws Exception {
        // Another minute may begin between two requests; then the count starts again.
        int before = weightAfter("ping");
        int after = weightAfter(query);
        if (after < before) {
            before = weightAfter("ping");
            after = weightAfter(query);
        }
        assertEquals(weight, after - before);
    }

    private static int weightAfter(String query) throws Exception {
        var headers = client.get("/api/v3/" + query).headers();
        String weight = headers.firstValue("x-mbx-used-weight-1m").orElseThrow();
        assertEquals(weight, headers.firstValue("X-MBX-USED-WEIGHT").orElseThrow());
        return Integer.parseInt(weight);
    }

    @Test
    void says404WhereNothingIs() throws Exception {
        assertEquals(404, client.get("/api/v3/nothing").statusCode());
        assertEquals(404, client.get("/api/v1/time").statusCode());
        assertEquals(404, client.get("/").statusCode());
        assertEquals(404, client.get("/sim/nothing").statusCode());
    }

    @Test
    void knowsTheOtherMethods() throws Exception {
        assertEquals(405, client.send("POST", "/api/v3/time").statusCode());
        HttpResponse<String> head = client.send("HEAD", "/api/v3/ping");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        HttpResponse<String> options = client.send("OPTIONS", "/api/v3/time");
        assertEquals(
                "*", options.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
    }

    @Test
    void answersRequestsSentAtOnceInTheirOrder() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), exchange.port())) {
            String requests = """
                    GET /api/v3/ping HTTP/1.1
                    Host: x

                    GET /api/v3/trades?symbol=%zz HTTP/1.1
                    Host: x

                    GET /api/v3/ticker/price?symbol=ABCUSDT HTTP/1.1
                    Host: x
                    Connection: close

                    """.replace("\n", "\r\n");
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(
                    answers.matches("(?s)HTTP/1.1 200 .*\\{}HTTP/1.1 400 .*-1100.*HTTP/1.1 200 .*\"10.20000000\"}"),
                    answers);
        }
    }

    @Test
    void listsTheTrueTapeFreeOfWeight() throws Exception {
        HttpResponse<String> csv = client.get("/sim/tape?symbol=ABCUSDT&fromId=105");
        assertEquals("""
                id,price,size,time,buyer_is_maker
                105,10.20000000,1.50000000,1709287325250000,false
                106,10.20000000,0.50000000,1709287325250000,false
                """, csv.body());
        assertTrue(csv.headers().firstValue("x-mbx-used-weight").isEmpty());
        assertEquals("""
                id,price,size,time,buyer_is_maker,first,last
                104,10.20000000,2.00000000,1709287325250000,false,105,106
                """, client.body("/sim/tape?symbol=ABCUSDT&fromId=104&kind=aggregate"));
        assertEquals(400, client.get("/sim/tape?symbol=ABCUSDT&kind=other").statusCode());
        assertEquals(400, client.get("/sim/tape?symbol=XYZUSDT").statusCode());
    }

    @Test
    void reportsItsOwnState() throws Exception {
        String state = client.body("/sim/state");
        assertTrue(
                state.startsWith(
                        "{\"source\":\"capture\",\"detail\":\"abcusdt.txt\",\"speed\":\"max\",\"state\":\"ended\","),
                state);
        assertTrue(
                state.endsWith(
                        "\"symbols\":[{\"symbol\":\"ABCUSDT\",\"firstTradeId\":100,\"lastTradeId\":106,\"firstAggregateId\":100,\"lastAggregateId\":104}]}"),
                state);
    }

    private static String numbers(String rows, String field) {
        StringBuilder found = new StringBuilder();
        Matcher matcher = Pattern.compile("\"" + field + "\":([0-9]+)").matcher(rows);
        while (matcher.find()) {
            found.append(found.isEmpty() ? "" : " ").append(matcher.group(1));
        }
        return found.toString();
    }
}
