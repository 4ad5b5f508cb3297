package io.tapekeeper.app.terminal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.tapekeeper.fuzz.FuzzedDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A file of settings is understood, or one sentence says which line of which file is not. */
class ConfigFileFuzzTest extends FuzzedDecoder {
    private static final Set<String> KNOWN = Set.of("symbols", "port", "host", "open", "z-alert");

    private final Path file =
            Jimfs.newFileSystem(Configuration.unix()).getPath("tapekeeper.yaml").toAbsolutePath();

    @Override
    protected boolean take(byte[] input) {
        try {
            Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            ConfigFile.read(file, KNOWN);
            return true;
        } catch (CommandFailure told) {
            assertTrue(told.getMessage().contains(file.toString()), told.getMessage());
            return false;
        }
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "symbols: [BTCUSDT, ETHUSDT]\nport: 8080\nopen: false\n",
                "# settings\nsymbols:\n  - BTCUSDT\n  - 'eth-usdt'\nhost: \"127.0.0.1\"\nz-alert: 3.5\n",
                "---\nport: 0x1F\nhost: >\n  folded\n  text\nz-alert: .inf\n...\n",
                "host: &a one\nopen: *a\n",
                "%YAML 1.2\n---\n? port\n: !!str 1\n",
                "port: {a: [b, {c: d}]}\n");
    }
}
