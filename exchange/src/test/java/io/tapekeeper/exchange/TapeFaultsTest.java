package io.tapekeeper.exchange;

import static io.tapekeeper.exchange.FaultyExchange.REST;
import static io.tapekeeper.exchange.FaultyExchange.TRADES;
import static io.tapekeeper.exchange.FaultyExchange.id;
import static io.tapekeeper.exchange.FaultyExchange.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import io.tapekeeper.exchange.play.Speed;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the venue itself has lost: the streams, REST and the true tape agree on it. */
@Timeout(60)
class TapeFaultsTest {
    private static Set<Long> list(String missing, String field) {
        Matcher matcher = Pattern.compile("\"symbol\":\"BTCUSDT\".*?\"" + field + "\":\\[([0-9, ]*)]")
                .matcher(missing);
        assertTrue(matcher.find(), missing);
        Set<Long> ids = new TreeSet<>();
        for (String id : matcher.group(1).split("[, ]+", -1)) {
            if (!id.isEmpty()) {
                ids.add(Long.parseLong(id));
            }
        }
        return ids;
    }

    @Test
    void blanksAndLosesIdsTheSameOnStreamsInRestAndOnTheTrueTape() throws Exception {
        ExchangeConfig config = FaultyExchange.config(new Fault.Blank(20), new Fault.VenueHoles(30))
                .withSpeed(Speed.MAX);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/btcusdt@aggTrade/btcusdt@trade")) {
            Set<Long> sent = new TreeSet<>();
            Set<Long> trades = new TreeSet<>();
            while (sent.size() < 3_000) {
                String event = socket.next();
                (event.contains("\"aggTrade\"") ? sent : trades).add(id(event));
            }
            long first = sent.iterator().next();
            long last = ((TreeSet<Long>) sent).last();
            String missing = client.body("/sim/holes");
            Set<Long> blanked = list(missing, "blankedAggregates");
            Set<Long> absent = list(missing, "absentAggregates");
            blanked.removeIf(id -> id > last);
            absent.removeIf(id -> id > last);
            assertTrue(blanked.size() > 50 && absent.size() > 50, missing.substring(0, 500));
            Set<Long> expected = new TreeSet<>(sent);
            expected.addAll(blanked);
            expected.addAll(absent);
            assertEquals(last - first + 1, sent.size() + blanked.size() + absent.size());
            assertEquals(last - first + 1, expected.size());

            Set<Long> rest = new TreeSet<>();
            Set<Long> restBlanked = new TreeSet<>();
            for (long from = first; from <= last; ) {
                String rows = client.body("/api/v3/aggTrades?symbol=BTCUSDT&limit=1000&fromId=" + from);
                for (String row : rows.split("(?<=}),", -1)) {
                    from = id(row) + 1;
                    if (row.contains("\"p\":\"0\",\"q\":\"0\",\"f\":-1,\"l\":-1,\"T\":")) {
                        restBlanked.add(id(row));
                    } else {
                        rest.add(id(row));
                    }
                }
            }
            rest.removeIf(id -> id > last);
            restBlanked.removeIf(id -> id > last);
            assertEquals(sent, rest);
            assertEquals(blanked, restBlanked);

            Set<Long> tape = new TreeSet<>();
            client.body("/sim/tape?symbol=BTCUSDT&kind=aggregate&limit=100000")
                    .lines()
                    .skip(1)
                    .forEach(row -> tape.add(Long.parseLong(row.substring(0, row.indexOf(',')))));
            tape.removeIf(id -> id > last);
            assertEquals(sent, tape);

            Matcher ranges = Pattern.compile("\"absentTrades\":\\[(.*?)]}").matcher(missing);
            assertTrue(ranges.find());
            Matcher range = Pattern.compile("\\[([0-9]+),([0-9]+)]").matcher(ranges.group(1));
            long lastTrade = ((TreeSet<Long>) trades).last();
            long absentTrades = 0;
            while (range.find() && Long.parseLong(range.group(2)) <= lastTrade) {
                absentTrades += Long.parseLong(range.group(2)) - Long.parseLong(range.group(1)) + 1;
            }
            long firstTrade = trades.iterator().next();
            assertEquals(lastTrade - firstTrade + 1, trades.size() + absentTrades);
        }
    }

    @Test
    void answersFromItsFirstAvailableId() throws Exception {
        try (Exchange exchange = FaultyExchange.start(new Fault.Retention(300));
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            List<String> trades = socket.next(1_000);
            String rows = client.body(REST + id(trades.getFirst()));
            assertTrue(id(rows) > id(trades.get(600)), "starts at " + id(rows));
            assertEquals(300, rows.split("(?<=}),", -1).length);
            String missing = client.body("/sim/holes");
            assertTrue(number(missing, "firstAvailableTradeId") >= id(rows), missing);
            long from = id(trades.getFirst());
            String tape = client.body("/sim/tape?symbol=BTCUSDT&fromId=" + from);
            assertTrue(tape.contains("\n" + from + ","), "the true tape is whole");
        }
    }

    @Test
    void haltsWithoutALossOfIds() throws Exception {
        ExchangeConfig config = FaultyExchange.config(new Fault.Halt(1, 2), new Fault.Halt(5, 1))
                .withSpeed(Speed.MAX);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            long start = 0;
            long before = 0;
            long id = 0;
            Set<Long> minutes = new TreeSet<>();
            while (minutes.size() < 5) {
                String trade = socket.next();
                assertTrue(id == 0 || id(trade) == id + 1, trade);
                id = id(trade);
                assertTrue(number(trade, "T") >= before, trade);
                before = number(trade, "T");
                start = start == 0 ? before / 60_000 : start;
                minutes.add(before / 60_000 - start);
            }
            assertEquals(Set.of(0L, 3L, 4L, 6L, 7L), minutes);
            String row = client.body("/api/v3/historicalTrades?symbol=BTCUSDT&limit=1&fromId=" + id);
            assertEquals(id, id(row));
            assertEquals(before, number(row, "time"));
        }
    }

    @Test
    void endsAndGoesOnAnswering() throws Exception {
        ExchangeConfig config =
                FaultyExchange.config(new Fault.Halt(1, 1), new Fault.End(2)).withSpeed(Speed.MAX);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            String first = socket.next();
            client.awaitState("ended");
            String last = client.body("/api/v3/historicalTrades?symbol=BTCUSDT&limit=1");
            assertEquals(number(first, "T") / 60_000, number(last, "time") / 60_000);
            assertEquals(id(last), id(client.body(REST + id(last))));
            assertEquals("[]", client.body(REST + (id(last) + 1)));
        }
    }

    private static ExchangeConfig config(Path folder, FaultPlan plan) {
        return ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.of(folder)))
                .withSpeed(new Speed(60))
                .withFaults(plan);
    }

    private static List<String> tape(Path folder, FaultPlan plan) throws Exception {
        try (Exchange exchange = Exchange.start(config(folder, plan));
                Client client = new Client(exchange)) {
            List<String> rows = new ArrayList<>();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (rows.size() < 2_000 && System.nanoTime() < deadline) {
                try (RawSocket socket = new RawSocket(exchange.port(), TRADES)) {
                    while (socket.nextFrame().text().endsWith("}") && exchange.tradesSent() < 2_000) {
                        // reads on, and is cut off now and then
                    }
                } catch (EOFException dropped) {
                    assertFalse(plan.isEmpty(), "dropped without a fault");
                }
                rows = client.body("/sim/tape?symbol=BTCUSDT&limit=2000")
                        .lines()
                        .toList();
            }
            return rows.subList(0, 2_000);
        }
    }

    @Test
    void faultsOfTheWireLeaveTheTrueTapeAsItIs(@TempDir Path sound, @TempDir Path faulty) throws Exception {
        // The same beginning for both, for a new market starts at the time of day.
        try (Exchange exchange = Exchange.start(config(sound, FaultPlan.NONE).withSpeed(new Speed(1e-9)))) {
            assertTrue(exchange.port() > 0);
        }
        try (var files = Files.list(sound)) {
            for (Path file : files.toList()) {
                Files.copy(file, faulty.resolve(file.getFileName()));
            }
        }
        FaultPlan plan = FaultPlan.of(
                3,
                new Fault.Drop(Schedule.each(Progress.trades(200)), Fault.Drop.How.FIN),
                new Fault.Frame(Schedule.each(Progress.trades(20)), Fault.Frame.Trick.SKIP));
        assertEquals(tape(sound, FaultPlan.NONE), tape(faulty, plan));
    }
}
