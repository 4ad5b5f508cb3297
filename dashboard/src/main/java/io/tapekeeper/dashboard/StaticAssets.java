package io.tapekeeper.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/** The built page, from the class path. */
final class StaticAssets {
    /** One file. */
    static final class Asset {
        private final byte[] content;
        private final String type;
        private final boolean immutable;

        Asset(byte[] content, String type, boolean immutable) {
            this.content = content;
            this.type = type;
            this.immutable = immutable;
        }

        byte[] content() {
            return content;
        }

        String type() {
            return type;
        }

        /** Whether its name changes with its content, so that it may be kept for ever. */
        boolean immutable() {
            return immutable;
        }

        /** Changes with the content; with its quotes. */
        String etag() {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    private static final String FOLDER = "page";
    private static final Pattern NAME = Pattern.compile("/(assets/)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    private StaticAssets() {}

    /** The file of that path, or null where there is none. */
    static Asset find(String path) throws IOException {
        String name = path.equals("/") ? "/index.html" : path;
        if (!NAME.matcher(name).matches()) {
            return null;
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            return null;
        }
        try (InputStream in = StaticAssets.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                return null;
            }
            return new Asset(in.readAllBytes(), type, name.startsWith("/assets/"));
        }
    }
}
