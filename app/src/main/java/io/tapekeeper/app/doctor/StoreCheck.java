package io.tapekeeper.app.doctor;

import io.tapekeeper.app.terminal.Findings;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.recorder.health.StoreGrowth;
import io.tapekeeper.recorder.tape.TapeReplay;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RecorderStatus;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.TapeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Is the store sound, are its tapes whole, and has its disk room for more? */
public record StoreCheck(Path db) implements Check {
    private static final long LOW_DISK = 2L << 30;
    private static final double FEW_DAYS = 3;

    @Override
    public void run(Findings findings) {
        disk(store(findings), findings);
    }

    /** Returns how fast it grows, where that can be read. */
    private Optional<StoreGrowth> store(Findings findings) {
        if (!Files.exists(db)) {
            findings.fine("store", db + " is not there yet: the first run creates it", Map.of("exists", false));
            return Optional.empty();
        }
        try {
            Optional<String> damage = damage(db);
            if (damage.isPresent()) {
                findings.wrong(
                        "store",
                        "%s is damaged: %s".formatted(db, damage.get()),
                        "run sets it aside and goes on in a new one; a backup brings it back",
                        Map.of("sound", false));
                return Optional.empty();
            }
            return Optional.of(tapes(findings));
        } catch (StoreException e) {
            findings.wrong("store", e.getMessage(), "name another file with --db, or mend this one", Map.of());
            return Optional.empty();
        }
    }

    /** What is wrong with the file itself, where something is; shows how far it has looked. */
    public static Optional<String> damage(Path db) {
        try (Progress.Bar bar = Progress.bar("store", 0)) {
            return StoreMaintenance.quickCheck(db, () -> {
                bar.pulse();
                return false;
            });
        }
    }

    private StoreGrowth tapes(Findings findings) {
        try (History history = History.open(db)) {
            List<Series> all = history.series();
            findings.fine(
                    "store",
                    "%s is sound, %d series".formatted(db, all.size()),
                    Map.of("sound", true, "series", all.size()));
            recorder(findings);
            oneATape(all).forEach(series -> tape(history, series.tape(), findings));
            return new StoreGrowth(history.usedBytes(), history.recordedTime());
        }
    }

    private static Collection<Series> oneATape(List<Series> all) {
        Map<TapeId, Series> byTape = new LinkedHashMap<>();
        all.forEach(series -> byTape.putIfAbsent(series.tape(), series));
        return byTape.values();
    }

    private void recorder(Findings findings) {
        switch (StoreMaintenance.lastRecorder(db)) {
            case RecorderStatus.AtWork(String process) ->
                findings.fine(
                        "store",
                        "is being recorded by process " + process,
                        Map.of("recordedByProcess", process, "lastStopUnclean", false));
            case RecorderStatus.Closed() ->
                findings.fine(
                        "store",
                        "no process records it; the last recorder closed it in good order",
                        Map.of("lastStopUnclean", false));
            case RecorderStatus.Died(String process) ->
                findings.note(
                        "store",
                        "no process records it; the last recorder, process %s, was killed or lost its power"
                                .formatted(process),
                        "nothing that was committed is lost, and run fetches the rest; its log beside the store may"
                                + " say why",
                        Map.of("lastStopUnclean", true));
        }
    }

    private static void tape(History history, TapeId tape, Findings findings) {
        TapeReplay.Count count = new TapeReplay(history, tape, List.of()).count();
        long open = history.openGaps(tape).stream()
                .mapToLong(entry -> history.missing(tape, entry.gap()))
                .sum();
        long missing = open + count.unknown();
        String found = String.format(
                Locale.ROOT,
                "%s %s%s: %,d trades, %,d missing%s",
                tape.symbol(),
                tape.kind().label(),
                tape.simulated() ? " SIMULATED" : "",
                count.trades(),
                missing,
                count.unknown() == 0 ? "" : String.format(Locale.ROOT, ", %,d unknown to the ledger", count.unknown()));
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("symbol", tape.symbol());
        measured.put("kind", tape.kind().label());
        measured.put("simulated", tape.simulated());
        measured.put("trades", count.trades());
        measured.put("missing", missing);
        measured.put("unknownToLedger", count.unknown());
        if (missing == 0) {
            findings.fine("tape", found, measured);
        } else {
            findings.wrong(
                    "tape",
                    found,
                    count.unknown() == 0
                            ? "run fetches what the exchange still has; backfill what is older"
                            : "verify names them; backfill fetches what the exchange still has",
                    measured);
        }
    }

    /** @param growth of the store there, where it is known */
    private void disk(Optional<StoreGrowth> growth, Findings findings) {
        Path folder = db.toAbsolutePath().getParent();
        if (folder == null) {
            findings.wrong("disk", db + " is no file", "name one with --db", Map.of());
            return;
        }
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        try {
            disk(folder, growth, findings);
        } catch (IOException e) {
            findings.wrong("disk", folder + ": " + e.getMessage(), "name another file with --db", Map.of());
        }
    }

    private static void disk(Path folder, Optional<StoreGrowth> growth, Findings findings) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        SystemHealth.Disk disk =
                new SystemHealth.Disk(free, growth.map(StoreGrowth::bytesPerDay).orElse(Double.NaN));
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("freeBytes", free);
        measured.put("bytesPerDay", orNull(disk.bytesPerDay()));
        measured.put("daysLeft", orNull(disk.daysLeft()));
        String found = String.format(Locale.ROOT, "%.1f GB free at %s", free / 1e9, folder)
                + growth.map(one -> "; " + one.inWords(disk.daysLeft())).orElse("");
        if (!Files.isWritable(folder)) {
            findings.wrong(
                    "disk", folder + " cannot be written to", "allow it, or name another file with --db", measured);
        } else if (free < LOW_DISK) {
            findings.wrong("disk", found, "make room: a busy symbol takes about 100 MB a day", measured);
        } else if (disk.daysLeft() < FEW_DAYS) {
            findings.wrong("disk", found, "make room, or let run delete old trades with --keep", measured);
        } else {
            findings.fine("disk", found, measured);
        }
    }

    /** JSON knows neither NaN nor an infinite number. */
    private static Double orNull(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
