package io.tapekeeper.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 10,000 raw trades of TRX/USDT, 48 minutes of 4 March 2025. */
class RealTapeTest {
    private static final TapeId TAPE = new TapeId("binance", "TRXUSDT", TapeKind.RAW, false);
    private static final Instrument TRX =
            new Instrument("binance", "TRXUSDT", Decimals.parse("0.0001"), Decimals.parse("0.1"));
    private static final Series SERIES = new Series(TAPE, TRX, "classic", Interval.SECOND);

    @TempDir
    Path folder;

    /** Keeps what a pipeline reports, and hands it to a recorder where there is one. */
    private static final class Said implements TapeListener {
        private final Recorder recorder; // or null
        private final List<FeatureRow> rows = new ArrayList<>();
        private final List<Alert> alerts = new ArrayList<>();
        private final List<SignalChange> changes = new ArrayList<>();

        Said(Recorder recorder) {
            this.recorder = recorder;
        }

        @Override
        public void row(FeatureRow row) {
            rows.add(row);
            if (recorder != null) {
                recorder.row(SERIES, row);
            }
        }

        @Override
        public void alertOpened(Alert alert) {
            alerts.add(alert);
            if (recorder != null) {
                recorder.alertOpened(SERIES, alert);
            }
        }

        @Override
        public void alertClosed(Alert alert) {
            alerts.replaceAll(
                    open -> open.rule().equals(alert.rule()) && open.opened() == alert.opened() ? alert : open);
            if (recorder != null) {
                recorder.alertClosed(SERIES, alert);
            }
        }

        @Override
        public void signalChanged(SignalChange change) {
            changes.add(change);
            if (recorder != null) {
                recorder.signalChanged(SERIES, change);
            }
        }
    }

    @Test
    void givesTheSameRowsAgainFromTheStore() throws IOException {
        List<Trade> tape = recording();
        Path file = folder.resolve("tape.db");
        Said live;
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            live = new Said(recorder);
            Pipeline pipeline = new Pipeline(SERIES, Preset.CLASSIC, live, HoldLimit.none());
            for (Trade trade : tape) {
                recorder.trade(TAPE, trade);
                pipeline.offer(trade, 0);
            }
        }
        try (History history = History.open(file)) {
            assertEquals(tape, Samples.trades(history, TAPE, 0));
            List<FeatureRow> stored = new ArrayList<>();
            history.features(SERIES, Long.MIN_VALUE, Long.MAX_VALUE, stored::add);
            assertEquals(live.rows, stored);
            List<Alert> alerts = new ArrayList<>();
            history.alerts(SERIES, alerts::add);
            assertEquals(live.alerts, alerts);
            List<SignalChange> changes = new ArrayList<>();
            history.signals(SERIES, changes::add);
            assertEquals(live.changes, changes);

            Said again = new Said(null);
            Pipeline replay = new Pipeline(SERIES, Preset.CLASSIC, again, HoldLimit.none());
            history.trades(TAPE, 0, trade -> replay.offer(trade, 0));
            assertEquals(live.rows, again.rows);
            assertTrue(live.rows.size() > 2_000, live.rows.size() + " bars");
        }
    }

    private static List<Trade> recording() throws IOException {
        Path file = Path.of(System.getProperty("tapekeeper.shared", "../shared"))
                .resolve("data/trades/binance_spot_TRXUSDT_trades_20250304_us.csv.gz");
        assumeTrue(Files.exists(file), "the recording " + file + " is not here");
        List<Trade> trades = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            lines.readLine(); // the header
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] field = line.split(",", -1);
                trades.add(new Trade(
                        Long.parseLong(field[6]),
                        Decimals.parse(field[7]),
                        Decimals.parse(field[8]),
                        field[9].equals("1") ? Side.SELL : Side.BUY,
                        Long.parseLong(field[4]),
                        Long.parseLong(field[0]),
                        1));
            }
        }
        return trades;
    }
}
