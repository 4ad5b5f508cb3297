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
    private static final String FOLDER = "page";
    private static final Pattern NAME = Pattern.compile("/(assets/)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    private StaticAssets() {}

    /** @param held the ETag of what the client holds of it; null for nothing */
    static Answer answer(String path, String held) throws IOException {
        String name = path.equals("/") ? "/index.html" : path;
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        byte[] content = type == null || !NAME.matcher(name).matches() ? null : read(name);
        if (content == null) {
            return Answer.text(404, "There is nothing at this address.");
        }
        String etag = etag(content);
        boolean immutable = name.startsWith("/assets/"); // its name changes with its content
        Map<String, String> headers =
                Map.of("ETag", etag, "Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
        return etag.equals(held) ? Answer.notModified(headers) : new Answer(200, type, headers, content);
    }

    /** Null where there is no such file. */
    private static byte[] read(String name) throws IOException {
        try (InputStream in = StaticAssets.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    /** Changes with the content; with its quotes. */
    private static String etag(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
