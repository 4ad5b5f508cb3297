package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvExportTest {
    @TempDir
    Path folder;

    /** What is printed of what was recorded. */
    private String printed(Consumer<Recorder> recording, Consumer<CsvExport> export) {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recording.accept(recorder);
        }
        StringBuilder out = new StringBuilder();
        try (History history = History.open(file)) {
            export.accept(new CsvExport(history, out));
        }
        return out.toString();
    }

    @Test
    void printsTradesOfEachTapeOnce() {
        Instrument shib = new Instrument("binance", "SHIBUSDT", 1, Samples.BTCUSDT.sizeStep());
        TapeId tape = new TapeId("binance", "SHIBUSDT", TapeKind.AGGREGATE, false);
        Series other = new Series(tape, shib, "classic", Interval.SECOND);
        Series again = new Series(TAPE, Samples.BTCUSDT, "other", Interval.SECOND);
        assertEquals(
                """
                instrument,id,price,size,side,time_us,received_us
                BTCUSDT,7,61837.63000000,0.00100000,buy,1735689600000000,1735689600025000
                BTCUSDT,8,61837.64000000,12.00000000,sell,1735689600000001,1735689600025000
                SHIBUSDT,1,0.00000001,90000000000.00000000,sell,1735689600000000,1735689599999999
                """,
                printed(
                        recorder -> {
                            recorder.trade(
                                    TAPE,
                                    new Trade(7, 6_183_763_000_000L, 100_000, Side.BUY, START, START + 25_000, 1));
                            recorder.trade(
                                    TAPE,
                                    new Trade(
                                            8,
                                            6_183_764_000_000L,
                                            1_200_000_000,
                                            Side.SELL,
                                            START + 1,
                                            START + 25_000,
                                            3));
                            recorder.trade(
                                    tape, new Trade(1, 1, 9_000_000_000_000_000_000L, Side.SELL, START, START - 1, 1));
                        },
                        export -> export.trades(List.of(CLASSIC, again, other))));
    }

    @Test
    void printsBarsAtTheirOwnIntervalOrAnother() {
        String header = "instrument,interval,start_us,open,high,low,close,volume,quote_volume,trades,"
                + "taker_buy_volume,revision,complete\n";
        assertEquals(
                header
                        + "BTCUSDT,1s,1735689600000000,99.00000000,101.00000000,98.00000000,"
                        + "100.00000000,2.00000000,200.00000000,3,1.00000000,0,true\n"
                        + "BTCUSDT,1s,1735689601000000,100.00000000,102.00000000,99.00000000,"
                        + "101.00000000,2.00000000,202.00000000,3,1.00000000,0,true\n",
                printed(
                        recorder -> {
                            recorder.row(CLASSIC, Samples.row(0));
                            recorder.row(CLASSIC, Samples.row(1));
                        },
                        export -> export.bars(List.of(CLASSIC, CLASSIC))));
        assertEquals(
                header
                        + "BTCUSDT,2s,1735689600000000,99.00000000,102.00000000,98.00000000,"
                        + "101.00000000,4.00000000,402.00000000,6,2.00000000,0,true\n",
                printed(recorder -> {}, export -> export.bars(List.of(CLASSIC), new Interval(2 * SECOND))));
    }

    @Test
    void printsFeaturesAsTheShortestNumbersThatReadBack() {
        FeatureValues warm = FeatureValues.of(-0.1 - 0.2, 1e-7, 1.0 / 3, 5e22, 0.5, 3.25);
        FeatureValues cold = FeatureValues.of();
        int rules = ClassicRules.Z_HIGH.bit() | ClassicRules.VOLATILITY_SPIKE.bit();
        assertEquals(
                """
                time,price,return,volatility,zscore,signal,alerts,instrument,preset,complete,\
                log_return,volatility_annual,baseline,carried,revision,ewma_volatility
                1735689600000,100.00000000,,,,neutral,,BTCUSDT,classic,false,,,,false,0,
                1735689601000,101.00000000,-0.30000000000000004,0.3333333333333333,3.25,sell,\
                z-high|volatility-spike,BTCUSDT,classic,true,1.0E-7,5.0E22,0.5,false,1,
                """,
                printed(
                        recorder -> {
                            recorder.row(CLASSIC, new FeatureRow(Samples.bar(0), cold, Signal.NEUTRAL, 0, false));
                            recorder.row(CLASSIC, new FeatureRow(Samples.bar(1), warm, Signal.BUY, 0, true));
                            recorder.row(CLASSIC, new FeatureRow(Samples.bar(1), warm, Signal.SELL, rules, true));
                        },
                        export -> export.features(List.of(CLASSIC))));
    }

    @Test
    void printsAlertsWithTheirReasonsQuoted() {
        Alert open = new Alert(ClassicRules.Z_HIGH, START, Alert.OPEN, 3.5, 3, "price is 3.50 σ above, \"high\"");
        Alert closed = new Alert(ClassicRules.VOLATILITY_SPIKE, START - 5, START, 0.25, 0.125, "2 times");
        assertEquals(
                """
                instrument,rule,severity,opened_us,closed_us,value,threshold,reason
                BTCUSDT,volatility-spike,warning,1735689599999995,1735689600000000,0.25,0.125,"2 times"
                BTCUSDT,z-high,critical,1735689600000000,,3.5,3.0,"price is 3.50 σ above, ""high\"""
                """,
                printed(
                        recorder -> {
                            recorder.alertOpened(CLASSIC, open);
                            recorder.alertClosed(CLASSIC, closed);
                        },
                        export -> export.alerts(List.of(CLASSIC))));
    }

    @Test
    void printsSignals() {
        assertEquals(
                """
                instrument,model,time_us,signal,price,zscore
                BTCUSDT,classic,1735689600000000,buy,0.00000005,-1.25
                BTCUSDT,classic,1735689601000000,neutral,0.00000006,
                """,
                printed(
                        recorder -> {
                            recorder.signalChanged(CLASSIC, new SignalChange("classic", START, Signal.BUY, 5, -1.25));
                            recorder.signalChanged(
                                    CLASSIC,
                                    new SignalChange("classic", START + SECOND, Signal.NEUTRAL, 6, Double.NaN));
                        },
                        export -> export.signals(List.of(CLASSIC))));
    }

    @Test
    void printsHolesWithWhatIsStillMissing() {
        String text = printed(
                recorder -> {
                    recorder.gap(TAPE, new Gap(5, 9, START, START + SECOND), GapCause.MISSED);
                    recorder.gap(TAPE, new Gap(7, 7, START, START), GapCause.MISSED);
                    recorder.gapSettled(TAPE, 7, 7, GapCause.MISSED, Optional.of("rest"));
                    recorder.trade(TAPE, Samples.trade(6));
                },
                export -> export.gaps(List.of(CLASSIC)));
        String[] lines = text.split("\n", -1);
        assertEquals(
                "instrument,first_id,last_id,missing,cause,opened_us,closed_us,repaired_by,before_us,after_us",
                lines[0]);
        assertTrue(lines[1].matches("BTCUSDT,5,9,4,missed,\\d{16},,,1735689600000000,1735689601000000"), lines[1]);
        assertTrue(
                lines[2].matches("BTCUSDT,7,7,1,missed,\\d{16},\\d{16},rest,1735689600000000,1735689600000000"),
                lines[2]);
        assertEquals(4, lines.length);
    }

    @Test
    void saysThatTheOutputCannotBeWritten() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Path file = folder.resolve("tape.db");
        Recorder.open(file, Durability.NORMAL).close();
        try (History history = History.open(file)) {
            UncheckedIOException failed =
                    assertThrows(UncheckedIOException.class, () -> new CsvExport(history, full).trades(List.of()));
            assertEquals("the export cannot be written: No space left on device", failed.getMessage());
        }
    }
}
