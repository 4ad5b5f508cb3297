package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.VenueProfile;
import io.tapekeeper.recorder.repair.Backfill;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.recorder.repair.RepairTools;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.Binance;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code backfill}: a stretch of history into the store. What is there already is not asked for again, so a second call
 * goes on where the first was stopped.
 */
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fetches the trades of a stretch of time into a store, and computes what follows from" + " them.",
            "Called again it goes on where it was stopped. It keeps to the exchange's rate limit."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper backfill BTCUSDT --from 2026-11-01 --to 2026-11-02",
            "  ./tapekeeper backfill BTCUSDT --from 2026-11-20T08:00:00Z"
        })
final class BackfillCommand implements Callable<Integer> {
    private static final RepairSettings PATIENT = RepairSettings.DEFAULTS;

    private final Signals signals;

    @Parameters(paramLabel = "SYMBOL", description = "For example BTCUSDT.")
    private String symbol;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            required = true,
            converter = Times.class,
            description = "Date or time (UTC) of the first trade, such as 2026-11-01.")
    private Instant from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = Times.class,
            description = "Behind the last trade (default: now).")
    private Instant to;

    @Option(names = "--tape", paramLabel = "KIND", description = "aggregate or raw (default: aggregate).")
    private RecordOptions.Tape tape = RecordOptions.Tape.aggregate;

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    private Path db = StoreOption.DEFAULT;

    @Option(
            names = "--rest-url",
            paramLabel = "URL",
            description = "REST API (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://api.binance.com")
    private URI restUrl;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    private final PrintStream out = System.out;
    private Shutdown stop;

    /** A time as people write it. */
    static final class Times implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return text.contains("T")
                        ? Instant.parse(text.endsWith("Z") ? text : text + "Z")
                        : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'%s' is no time: write 2026-11-01 or 2026-11-01T08:30:00Z".formatted(text));
            }
        }
    }

    BackfillCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() throws InterruptedException {
        RestOption.checked("--rest-url", restUrl, "http");
        if (to != null && !from.isBefore(to)) {
            throw CommandFailure.usage("--from must be before --to");
        }
        LogFile.beside(db);
        stop = signals.listen();
        try (Venue venue = Binance.at(restUrl)) {
            stop.whenRequested(venue::close);
            VenueProfile profile = VenueProfile.ask(venue, List.of(symbol));
            Series series = series(profile);
            StoreMaintenance.finishSettingAside(db);
            try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                    History history = History.open(db)) {
                profile.refuseMixing(db, history);
                recorder.session(series.tape(), series.instrument(), "backfill", micros(Instant.now()), "");
                recorder.flush();
                return fill(series, recorder, history, venue.history());
            }
        } catch (CancellationException e) {
            out.println("stopped; what came is stored, and the same command goes on from here");
            return CommandFailure.FINE;
        } catch (VenueException e) {
            if (stop.isRequested()) {
                out.println("stopped; what came is stored, and the same command goes on from here");
                return CommandFailure.FINE;
            }
            throw CommandFailure.of(e);
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
    }

    private Series series(VenueProfile venue) {
        Instrument instrument = venue.instruments().getFirst();
        TapeKind kind = switch (tape) {
            case aggregate -> TapeKind.AGGREGATE;
            case raw -> TapeKind.RAW;
        };
        TapeId id = new TapeId(instrument.venue(), instrument.symbol(), kind, venue.inventsItsTrades());
        return new Series(id, instrument, watch.preset().label(), Interval.SECOND);
    }

    private int fill(Series series, Recorder recorder, History history, TradeHistory venue)
            throws InterruptedException {
        TapeId id = series.tape();
        OptionalLong first = venue.firstIdAt(id.symbol(), id.kind(), micros(from));
        OptionalLong newest = venue.newestId(id.symbol(), id.kind());
        OptionalLong after = to == null ? OptionalLong.empty() : venue.firstIdAt(id.symbol(), id.kind(), micros(to));
        if (first.isEmpty() || newest.isEmpty()) {
            throw CommandFailure.usage("the exchange has no trades of %s from %s on".formatted(id.symbol(), from));
        }
        long last = after.isPresent() ? after.getAsLong() - 1 : newest.getAsLong();
        if (last < first.getAsLong()) {
            out.println("no trade of " + id.symbol() + " in that time");
            return CommandFailure.FINE;
        }
        IdRange ids = new IdRange(first.getAsLong(), last);
        Backfill.Stretch stretch = new Backfill.Stretch(ids, micros(from), micros(to == null ? Instant.now() : to));
        RepairTools tools = new RepairTools(venue, recorder, history, PATIENT, System::nanoTime);
        try (Bars bars = new Bars(id.symbol())) {
            Backfill backfill = new Backfill(tools, series, watch.preset(), bars);
            backfill.nameWhatLiesBetween(stretch)
                    .ifPresent(between -> out.printf(
                            "note: ids %d to %d lie between this and what is stored; the ledger names them as missing%n",
                            between.first(), between.last()));
            Optional<Backfill.Result> result = backfill.run(stretch);
            bars.close();
            if (result.isEmpty()) {
                out.printf("all trades of %s in that time are stored already%n", id.symbol());
                return CommandFailure.FINE;
            }
            return print(result.get(), ids, venue);
        }
    }

    private int print(Backfill.Result result, IdRange ids, TradeHistory venue) {
        String found = result.isComplete()
                ? "complete"
                : "not complete: %,d are unresolved, %,d are older than what the exchange still has"
                        .formatted(result.unresolved(), result.beyondRetention());
        out.printf(
                "%s: %,d trades fetched, ids %d to %d are %s%n",
                symbol, result.fetched(), ids.first(), ids.last(), found);
        if (result.onlyNamed() > 0) {
            out.printf(
                    "%,d trades exist that %s does not serve; the ledger names them; ask --rest-url https://api.binance.com%n",
                    result.onlyNamed(), venue.host());
        }
        return result.isComplete() ? CommandFailure.FINE : CommandFailure.FOUND_WRONG;
    }

    /** Two progress bars, one after the other, and the stop that ends what they show. */
    private final class Bars implements Backfill.Watcher, AutoCloseable {
        private final String tape;
        private Progress.Bar trades;
        private Progress.Bar rows;

        Bars(String tape) {
            this.tape = tape;
        }

        @Override
        public void trades(long done, long total) {
            trades = trades == null ? Progress.bar(tape + " trades", total) : trades;
            trades.at(done);
        }

        @Override
        public void rows(long done, long total) {
            if (trades != null) {
                trades.close();
                trades = null;
            }
            rows = rows == null ? Progress.bar("features", total) : rows;
            rows.at(done);
        }

        @Override
        public void unanswered(String why) {
            out.println(why + " (trying again)");
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            if (stop.await(time)) {
                throw new CancellationException("asked to stop");
            }
        }

        @Override
        public boolean isStopped() {
            return stop.isRequested();
        }

        @Override
        public void close() {
            if (trades != null) {
                trades.close();
                trades = null;
            }
            if (rows != null) {
                rows.close();
                rows = null;
            }
        }
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
