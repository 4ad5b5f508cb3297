package io.tapekeeper.app;

import io.tapekeeper.analyze.PriceAnalysis;
import io.tapekeeper.analyze.TableException;
import io.tapekeeper.app.terminal.AtomicFile;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Progress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code analyze}: the features, signal and rules of a file of prices. */
@Command(
        name = "analyze",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Computes features, signal and alerts for a CSV of time,price; one sample a row.",
            "The first line may name the columns, and the file may be a .gz; - is standard input."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper analyze prices.csv --out features.csv",
            "  zcat prices.csv.gz | ./tapekeeper analyze - | head"
        })
final class AnalyzeCommand implements Callable<Integer> {
    private static final int BUFFER = 1 << 16;

    @Parameters(paramLabel = "PRICES.csv", description = "The prices.")
    private Path prices;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the rows go (default: standard output).")
    private Path out;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    @Override
    public Integer call() {
        boolean standardInput = prices.toString().equals("-");
        PriceAnalysis analysis = new PriceAnalysis(prices.toString(), watch.preset());
        try (InputStream raw = standardInput ? System.in : Files.newInputStream(prices);
                InputStream watched = Progress.over(raw, "analyze", standardInput ? -1 : size(prices));
                InputStream in = unzipped(watched)) {
            write(rows -> analysis.run(in, rows));
        } catch (TableException e) {
            throw e.isUnreadable() ? CommandFailure.outside(e.getMessage(), e) : CommandFailure.usage(e.getMessage());
        } catch (NoSuchFileException e) {
            throw CommandFailure.outside("there is no file " + prices + ": name one that exists", e);
        } catch (IOException e) {
            throw CommandFailure.outside(prices + " cannot be read: " + e.getMessage(), e);
        }
        return CommandFailure.FINE;
    }

    private void write(AtomicFile.Bytes rows) {
        try {
            AtomicFile.write(out, rows);
        } catch (IOException e) { // what reading throws has its own sentence
            throw CommandFailure.outside((out == null ? "the rows" : out) + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static long size(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : -1;
    }

    private static InputStream unzipped(InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, BUFFER) : in;
    }
}
