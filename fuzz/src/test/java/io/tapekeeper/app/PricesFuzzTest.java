package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** What {@code analyze} is given is a table of prices, or one sentence says where it is not. */
class PricesFuzzTest extends FuzzedDecoder {
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private final Path prices = files.getPath("/work/prices.csv");
    private final Path features = files.getPath("/work/features.csv");
    private final AnalyzeCommand analyze = new AnalyzeCommand();

    PricesFuzzTest() {
        new CommandLine(analyze)
                .registerConverter(Path.class, files::getPath)
                .parseArgs(prices.toString(), "--out", features.toString());
    }

    @Override
    protected boolean take(byte[] input) {
        try {
            Files.write(prices, input);
            Files.deleteIfExists(features);
            boolean understood = isUnderstood();
            assertEquals(understood, Files.exists(features)); // whole or not at all
            return understood;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isUnderstood() {
        try {
            assertEquals(Failure.FINE, analyze.call());
            return true;
        } catch (Failure told) {
            assertTrue(told.getMessage().contains(prices.toString()), told.getMessage());
            return false;
        }
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(
                Recordings.tables(),
                texts(
                        "time,price\n1,100\n2,101.5\n3,99.25\n",
                        "\uFEFFTime,Volume,Price\r\n2024-08-08T23:54:13Z,7,61837.63\r\n\r\n,,0\r\n",
                        "1790000000,1e2\n1790000001,-3.5E-7\n1790000002,0\n",
                        "0,7\n" + "1,1\n2,2\n".repeat(12) + "23,0\n24,-1\n"));
    }
}
