package io.tapekeeper.venue.limit;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where all users of this machine keep what a venue counts for its address together: the first of
 * {@code $TAPEKEEPER_STATE}, {@code /var/lib/tapekeeper} where an administrator made it, and
 * {@code /var/tmp/tapekeeper} (Windows: {@code %ProgramData%\\tapekeeper}), which a restart of the machine does not
 * empty. Where none can be used, a folder of the user's own.
 */
final class StateFolder {
    private static final Logger LOG = System.getLogger(StateFolder.class.getName());
    private static final int EVERYBODYS = 01777; // each may make files, none may remove another's

    private StateFolder() {}

    /** @param environment of this process */
    static Path find(Map<String, String> environment) {
        String named = environment.getOrDefault("TAPEKEEPER_STATE", "");
        if (!named.isBlank()) {
            return Path.of(named);
        }
        Path made = Path.of("/var/lib/tapekeeper");
        if (isUsable(made)) {
            return made;
        }
        String windows = environment.get("ProgramData");
        Path common = Path.of(windows == null ? "/var/tmp" : windows, "tapekeeper");
        if (share(common)) {
            return common;
        }
        Path own = Path.of(System.getProperty("user.home"), ".local", "state", "tapekeeper");
        LOG.log(
                Level.WARNING,
                "{0} cannot be used, so what is asked of a venue is counted for this user alone, in"
                        + " {1}. Name a folder for all users in TAPEKEEPER_STATE.",
                common,
                own);
        return own;
    }

    /** Makes the folder for everybody where it is not there; returns whether it can be used. */
    static boolean share(Path folder) {
        try {
            Files.createDirectory(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                Files.setAttribute(folder, "unix:mode", EVERYBODYS); // whatever the process masks
            }
        } catch (FileAlreadyExistsException e) {
            return isUsable(folder);
        } catch (IOException e) {
            return false;
        }
        return isUsable(folder);
    }

    /** A link may have been planted by another user. */
    private static boolean isUsable(Path folder) {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && Files.isWritable(folder);
    }
}
