package io.tapekeeper.exchange.endless;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.exchange.synthetic.SyntheticMarket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The synthetic market of all symbols. However its process ended, it continues with the next trade, at the tape time of
 * the last playback note. Its folder holds the file {@code played}, and for each symbol a file with the starts of its
 * minutes.
 */
public final class EndlessSource implements TapeSource {
    private static final Logger LOG = System.getLogger(EndlessSource.class.getName());
    private static final String PLAYED = "played";
    private static final String MINUTES = ".minutes";
    private static final long LONGEST_REWIND = 60_000_000L;

    private final long seed;
    private final Path folder;
    private final boolean temporary;
    private final PlaybackNote played;
    private final List<EndlessTape> tapes = new ArrayList<>();
    private final boolean owned;
    private final long resumeTime;

    /**
     * Opens the market kept in a folder, or begins a new one there.
     *
     * @param folder empty for a market that is forgotten when it is closed
     * @param startIfNew tape time at which a new market starts, in microseconds since the epoch
     * @param takenUpTo if the market has one owner, the tape time up to which the owner has every trade
     * @throws UnusableSourceException if the folder holds the market of another seed, is in use, or cannot be read;
     *     damaged files have been moved to a folder that the message names, and the next start begins a new market
     */
    public EndlessSource(long seed, Optional<Path> folder, long startIfNew, OptionalLong takenUpTo)
            throws UnusableSourceException {
        this.seed = seed;
        temporary = folder.isEmpty();
        owned = takenUpTo.isPresent();
        Path where = folder.orElse(Path.of("a temporary folder"));
        try {
            where = temporary ? Files.createTempDirectory("market") : where;
            this.folder = where;
            Files.createDirectories(where);
            played = open(startIfNew);
            long notBefore = Math.max(played.startMicros(), played.tapeTime() - LONGEST_REWIND);
            resumeTime = Math.clamp(takenUpTo.orElse(0), notBefore, played.tapeTime());
        } catch (UnusableSourceException e) {
            throw e;
        } catch (IOException e) {
            throw new UnusableSourceException(
                    "The market in %s cannot be opened: %s; check the folder.".formatted(where, e.getMessage()), e);
        }
    }

    private PlaybackNote open(long startIfNew) throws IOException {
        List<Listing> listings = SyntheticMarket.listings();
        Path note = folder.resolve(PLAYED);
        if (Files.notExists(note) && hasMinutes()) {
            LOG.log(
                    Level.WARNING,
                    "{0} had minutes of a market but no note of how far it was played; they were kept in {1}, and a new market begins",
                    folder,
                    keepAside());
        }
        PlaybackNote opened;
        try {
            boolean mayBegin = !hasMinutes(); // they come after the first note
            opened = PlaybackNote.open(
                    note,
                    mayBegin,
                    new PlaybackNote.Market(seed, listings.size(), start -> fingerprint(listings, start)),
                    startIfNew);
        } catch (PlaybackNote.DamagedException e) {
            throw new UnusableSourceException(
                    "The saved market in %s is damaged; its files were kept in %s, and the next start begins a new market."
                            .formatted(folder, keepAside()),
                    e);
        }
        try {
            for (Listing listing : listings) {
                Path minutes = folder.resolve(listing.symbol() + MINUTES);
                tapes.add(new EndlessTape(seed, listing, opened.startMicros(), minutes));
            }
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** Checksum of how the market starts, which differs with seed, listings and generator. */
    private long fingerprint(List<Listing> listings, long start) {
        CRC32C crc = new CRC32C();
        for (Listing listing : listings) {
            crc.update(EndlessTape.begin(seed, listing, start).encode(start));
        }
        return crc.getValue();
    }

    private boolean hasMinutes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(MINUTES));
        }
    }

    /** Moves the files of the market to a folder of their own. */
    private Path keepAside() throws IOException {
        int number = 1;
        while (Files.exists(folder.resolve("damaged-" + number))) {
            number++;
        }
        Path aside = Files.createDirectory(folder.resolve("damaged-" + number));
        List<Path> moved;
        try (Stream<Path> files = Files.list(folder)) {
            moved = files.filter(Files::isRegularFile).toList();
        }
        for (Path file : moved) {
            Files.move(file, aside.resolve(file.getFileName()));
        }
        return aside;
    }

    @Override
    public String kind() {
        return "synthetic";
    }

    @Override
    public String detail() {
        return "seed " + seed;
    }

    @Override
    public List<? extends SymbolTape> tapes() {
        return tapes;
    }

    @Override
    public long startTime() {
        return played.tapeTime(); // replayed trades are overdue and come at once
    }

    @Override
    public boolean waitsForSubscriber() {
        return owned;
    }

    @Override
    public long resumesAfter(int tape) {
        return owned ? tapes.get(tape).lastIdBefore(resumeTime) : played.lastId(tape);
    }

    @Override
    public void played(long tapeTime, long[] lastIds) {
        played.write(tapeTime, lastIds);
    }

    @Override
    public void close() {
        try {
            for (EndlessTape tape : tapes) {
                tape.close();
            }
            played.close();
            if (temporary && Files.exists(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The market's files could not be closed.", e);
        }
    }
}
