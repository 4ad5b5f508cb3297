package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.VenueProfile;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.Rebuild;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
import picocli.CommandLine.ParentCommand;
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
    /** Trades that are computed between two looks at whether it was asked to stop. */
    private static final long STRETCH = 200_000;

    /** No tape goes on beside it, so all that was said before is withdrawn at the beginning. */
    private static final long NOTHING_LIVE = Long.MAX_VALUE - 1;

    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int MOST_WAITS = 20;

    @ParentCommand
    private Main main;

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
    private long notServed; // ids that exist and that another host may serve
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

    @Override
    public Integer call() throws InterruptedException {
        RestOption.checked("--rest-url", restUrl, "http");
        if (to != null && !from.isBefore(to)) {
            throw CommandFailure.usage("--from must be before --to");
        }
        LogFile.beside(db);
        stop = main.stopOnSignals();
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
        OptionalLong behind = to == null ? OptionalLong.empty() : venue.firstIdAt(id.symbol(), id.kind(), micros(to));
        if (first.isEmpty() || newest.isEmpty()) {
            throw CommandFailure.usage("the exchange has no trades of %s from %s on".formatted(id.symbol(), from));
        }
        long last = behind.isPresent() ? behind.getAsLong() - 1 : newest.getAsLong();
        if (last < first.getAsLong()) {
            out.println("no trade of " + id.symbol() + " in that time");
            return CommandFailure.FINE;
        }
        List<IdRange> wanted = new ArrayList<>();
        missing(history, id, first.getAsLong(), last, wanted);
        nameWhatLiesBetween(recorder, history, series, first.getAsLong(), last);
        long total = wanted.stream()
                .mapToLong(range -> range.last() - range.first() + 1)
                .sum();
        long fromId = firstToCompute(history, id, wanted, first.getAsLong(), last);
        if (fromId == Long.MAX_VALUE) {
            out.printf("all trades of %s in that time are stored already%n", id.symbol());
            return CommandFailure.FINE;
        }
        // Said before anything comes: whoever finds the store half-way knows what is missing.
        for (IdRange range : wanted) {
            recorder.gap(id, gap(range), GapCause.MISSED);
        }
        List<LedgerEntry> settled = new ArrayList<>();
        try (Progress.Bar bar = Progress.bar(id.symbol() + " trades", total)) {
            long done = 0;
            for (IdRange range : wanted) {
                long before = before(history, id, range);
                done = fetch(series, range, before, recorder, venue, settled, bar, done);
            }
        }
        compute(series, recorder, history, fromId, wanted, settled);
        out.printf(
                "%s: %,d trades fetched, ids %d to %d are %s%n",
                id.symbol(),
                total - settled.stream().mapToLong(one -> one.gap().missing()).sum(),
                first.getAsLong(),
                last,
                lacking(settled));
        if (notServed > 0) {
            out.printf(
                    "%,d trades exist that %s does not serve; the ledger names them; ask --rest-url"
                            + " https://api.binance.com%n",
                    notServed, venue.host());
        }
        return isComplete(settled) ? CommandFailure.FINE : CommandFailure.FOUND_WRONG;
    }

    /** Whether nothing is missing that the venue ever had, as far as can be known. */
    private static boolean isComplete(List<LedgerEntry> settled) {
        return lacking(settled, GapCause.UNRESOLVED) + lacking(settled, GapCause.BEYOND_RETENTION) == 0;
    }

    private static String lacking(List<LedgerEntry> settled) {
        return isComplete(settled)
                ? "complete"
                : "not complete: %,d are unresolved, %,d are older than what the exchange still has"
                        .formatted(lacking(settled, GapCause.UNRESOLVED), lacking(settled, GapCause.BEYOND_RETENTION));
    }

    private static long lacking(List<LedgerEntry> settled, GapCause cause) {
        return settled.stream()
                .filter(entry -> entry.cause() == cause)
                .mapToLong(entry -> entry.gap().missing())
                .sum();
    }

    /** A time before a range, as near to it as is known. */
    private long before(History history, TapeId id, IdRange range) {
        return Math.max(micros(from), timeOf(history, id, range.first() - 1));
    }

    /**
     * The first id whose rows, and those behind it, are to be computed. Where a ledger entry is open although some of
     * it is there, whoever fetched that was ended before it came to the rows.
     */
    private static long firstToCompute(History history, TapeId id, List<IdRange> wanted, long first, long last) {
        long fromId = wanted.isEmpty() ? Long.MAX_VALUE : wanted.getFirst().first();
        for (LedgerEntry entry : history.openGaps(id)) {
            Gap gap = entry.gap();
            boolean touched = gap.firstId() <= last && gap.lastId() >= first;
            if (touched && history.missing(id, gap) < gap.missing()) {
                fromId = Math.min(fromId, gap.firstId());
            }
        }
        return fromId;
    }

    private static void missing(History history, TapeId id, long first, long last, List<IdRange> out) {
        history.missingRanges(id, first, last, out::add);
    }

    /** A stretch that does not touch what is stored leaves a hole, which the ledger names. */
    private void nameWhatLiesBetween(Recorder recorder, History history, Series series, long first, long last) {
        OptionalLong storedFirst = history.firstTradeId(series.tape());
        OptionalLong storedLast = history.lastTradeId(series.tape());
        if (storedFirst.isEmpty() || storedLast.isEmpty()) {
            return;
        }
        if (last + 1 < storedFirst.getAsLong()) {
            long begun = timeOf(history, series.tape(), storedFirst.getAsLong());
            IdRange between = new IdRange(last + 1, storedFirst.getAsLong() - 1);
            name(recorder, series, between, gap(between).after(), begun);
        } else if (first > storedLast.getAsLong() + 1) {
            long ended = timeOf(history, series.tape(), storedLast.getAsLong());
            IdRange between = new IdRange(storedLast.getAsLong() + 1, first - 1);
            name(recorder, series, between, ended, micros(from));
        }
    }

    private static long timeOf(History history, TapeId tape, long id) {
        long[] time = {0};
        history.trades(tape, id, id + 1, trade -> time[0] = trade.venueTime());
        return time[0];
    }

    private void name(Recorder recorder, Series series, IdRange range, long before, long after) {
        Gap gap = new Gap(range.first(), range.last(), before, after);
        recorder.gap(series.tape(), gap, GapCause.MISSED);
        out.printf(
                "note: ids %d to %d lie between this and what is stored; the ledger names them as missing%n",
                range.first(), range.last());
    }

    private Gap gap(IdRange range) {
        long end = micros(to == null ? Instant.now() : to);
        return new Gap(range.first(), range.last(), micros(from), end);
    }

    /** Returns how many ids are done. */
    private long fetch(
            Series series,
            IdRange range,
            long before,
            Recorder recorder,
            TradeHistory venue,
            List<LedgerEntry> settled,
            Progress.Bar bar,
            long done)
            throws InterruptedException {
        TapeId id = series.tape();
        List<LedgerEntry> parts = new ArrayList<>();
        RangeSink sink = new RangeSink() {
            @Override
            public void trade(Trade trade) {
                recorder.trade(id, trade);
            }

            @Override
            public void missing(long firstId, long lastId, GapCause cause) {
                IdRange part = new IdRange(firstId, lastId);
                parts.add(BackgroundRepair.settled(gap(part), cause));
            }
        };
        RangeFetch fetch = new RangeFetch(venue, id, range, new AbsenceProof(RepairSettings.DEFAULTS.believe()), sink)
                .orNamedSince(before);
        Duration pause = ASK_AGAIN;
        int waits = 0;
        FetchStep step = FetchStep.ADVANCED;
        while (step != FetchStep.DONE) {
            if (stop.isRequested()) {
                throw new CancellationException("asked to stop");
            }
            try {
                step = fetch.step(Priority.REPAIR);
                waits = step == FetchStep.WAIT ? waits + 1 : 0;
                pause = fetch.pause(ASK_AGAIN);
            } catch (VenueException e) {
                if (stop.isRequested()) {
                    throw e;
                }
                out.println(e.getMessage() + " (trying again)");
                step = FetchStep.WAIT;
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
            bar.at(done + fetch.next() - range.first());
            if (waits > MOST_WAITS) {
                throw CommandFailure.outside(
                        "the exchange does not give id %d of %s: the same command goes on from here later"
                                .formatted(fetch.next(), id.symbol()),
                        null);
            }
            if (step == FetchStep.WAIT) {
                stop.await(pause);
            }
        }
        notServed += fetch.isOnlyNamed() ? lacking(parts, GapCause.UNRESOLVED) : 0;
        settled.addAll(parts);
        return done + range.last() - range.first() + 1;
    }

    /** What follows from the trades that came, and then the ledger. */
    private void compute(
            Series series,
            Recorder recorder,
            History history,
            long fromId,
            List<IdRange> wanted,
            List<LedgerEntry> settled) {
        recorder.flush();
        OptionalLong last = history.lastTradeId(series.tape());
        if (last.isPresent()) { // else nothing came, and nothing had been there
            rebuild(series, recorder, history, fromId, last.getAsLong(), settled);
        }
        for (LedgerEntry entry : settled) { // an entry of its own, or the whole of one made before
            recorder.gap(series.tape(), entry.gap(), entry.cause());
            settle(recorder, series.tape(), entry.gap(), entry.cause(), Optional.empty());
        }
        for (IdRange range : wanted) {
            // No effect on one that is settled already.
            if (settled.stream().noneMatch(entry -> isUnresolved(entry, range))) {
                long missing = settled.stream()
                        .map(LedgerEntry::gap)
                        .filter(part -> isWithin(part, range.first(), range.last()))
                        .mapToLong(Gap::missing)
                        .sum();
                Optional<String> by = by(range.count() - missing);
                settle(recorder, series.tape(), gap(range), GapCause.MISSED, by);
            }
        }
        recorder.flush();
        for (LedgerEntry entry : history.openGaps(series.tape())) {
            Gap gap = entry.gap();
            if (lacksNothingMore(history, series.tape(), gap)) {
                Optional<String> by = by(gap.missing() - history.missing(series.tape(), gap));
                settle(recorder, series.tape(), entry.gap(), entry.cause(), by);
            }
        }
    }

    private static Optional<String> by(long came) {
        return Optional.of(came > 0 ? "backfill" : LedgerEntry.BY_PARTS);
    }

    private static boolean isWithin(Gap part, long first, long last) {
        return part.firstId() >= first && part.lastId() <= last;
    }

    /** Bars, features, alerts and signals from the first new trade on. */
    private void rebuild(
            Series series, Recorder recorder, History history, long fromId, long last, List<LedgerEntry> settled) {
        Preset preset = watch.preset();
        Rebuild rebuild = new Rebuild(series, preset, recorder, history, settled, fromId, NOTHING_LIVE);
        try (Progress.Bar bar = Progress.bar("features", Math.max(0, last - fromId + 1))) {
            for (long at = fromId; at < last; at = Math.min(last, at + STRETCH)) {
                rebuild.upTo(Math.min(last, at + STRETCH), stop::isRequested);
                bar.at(at - fromId);
            }
            rebuild.upTo(last, stop::isRequested);
        }
        rebuild.finish(fromId);
    }

    /** Whether each id of a hole has come or has an entry of its own that says why it never will. */
    private static boolean lacksNothingMore(History history, TapeId tape, Gap gap) {
        long known = history.gaps(tape).stream()
                .filter(entry -> !entry.isOpen() && entry.cause() != GapCause.MISSED)
                .map(LedgerEntry::gap)
                .filter(part -> isWithin(part, gap.firstId(), gap.lastId()))
                .mapToLong(Gap::missing)
                .sum();
        return history.missing(tape, gap) <= known;
    }

    private static boolean isUnresolved(LedgerEntry entry, IdRange range) {
        return entry.cause() == GapCause.UNRESOLVED
                && entry.gap().firstId() == range.first()
                && entry.gap().lastId() == range.last();
    }

    private static void settle(Recorder recorder, TapeId tape, Gap gap, GapCause cause, Optional<String> by) {
        recorder.gapSettled(tape, gap.firstId(), gap.lastId(), cause, by);
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
