package io.tapekeeper.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite itself, machine code that lies inside the driver's jar. The driver unpacks it into the temporary folder at
 * every start and removes it at the end, which takes some 60 ms; where {@code org.sqlite.lib.path} names a folder that
 * holds it, it loads it from there.
 */
public final class SqliteLibrary {
    private SqliteLibrary() {}

    /**
     * Unpacks the library for this machine into a folder.
     *
     * @return where it is; a file that was there is written over
     * @throws IOException also where the driver has none for this machine
     */
    public static Path unpackInto(Path folder) throws IOException {
        String name = LibraryLoaderUtil.getNativeLibName();
        String inside = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        try (InputStream library = SqliteLibrary.class.getResourceAsStream(inside)) {
            if (library == null) {
                throw new IOException("the driver has no SQLite for this machine: " + inside);
            }
            Path file = folder.resolve(name);
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}
