package io.tapekeeper.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sizes of files, methods and packages, read from the sources of the product's modules. The sources are formatted,
 * so a method is what stands between the line that opens it and the brace at the same indentation.
 */
final class SourceLaws {
    private static final List<String> MODULES = List.of("core", "venues", "store", "recorder", "dashboard", "app");
    private static final Pattern OPENS_METHOD = Pattern.compile(
            "^( {4}| {8})(?! |if|for|while|switch|try|synchronized|return|new|throw|else|do\\b|[/*@})])[^=;]*\\b(\\w+)\\([^;=]*$");

    private final Map<String, List<String>> files = new TreeMap<>(); // lines by name without the base package

    private SourceLaws(Path root) {
        for (String module : MODULES) {
            Path sources = root.resolve(module).resolve("src/main/java/io/tapekeeper");
            try (Stream<Path> found = Files.walk(sources)) {
                found.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    String name = sources.relativize(file)
                            .toString()
                            .replace('\\', '/')
                            .replace('/', '.');
                    files.put(name.substring(0, name.length() - ".java".length()), lines(file));
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The product in the checkout that this test runs in. */
    static SourceLaws ofHouse() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("core/src/main/java"))) {
            at = at.getParent();
        }
        return new SourceLaws(at);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> filesOver(int most) {
        Set<String> found = new TreeSet<>();
        files.forEach((name, lines) -> {
            if (lines.size() > most) {
                found.add(name);
            }
        });
        return found;
    }

    Set<String> methodsOver(int most) {
        Set<String> found = new TreeSet<>();
        files.forEach((name, lines) -> {
            for (int at = 0; at < lines.size(); at++) {
                Matcher opens = OPENS_METHOD.matcher(lines.get(at));
                if (opens.find()) {
                    int end = end(lines, at, opens.group(1));
                    if (end - at + 1 > most) {
                        found.add(name + "." + opens.group(2));
                    }
                }
            }
        });
        return found;
    }

    /** The line that ends what begins at {@code at}; {@code at} itself where that has no body. */
    private static int end(List<String> lines, int at, String indentation) {
        if (lines.get(at).endsWith("}") || lines.get(at).endsWith("),")) { // the latter is a constant of an enum
            return at;
        }
        for (int line = at + 1; line < lines.size(); line++) {
            String text = lines.get(line);
            boolean same = text.startsWith(indentation) && !text.startsWith(indentation + " ");
            if (same && text.startsWith("}", indentation.length())) {
                return line;
            }
            if (same && text.endsWith(";")) {
                return at;
            }
        }
        return at;
    }

    Set<String> packagesOver(int mostFiles, int mostLines) {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Integer> sizes = new HashMap<>();
        files.forEach((name, lines) -> {
            int dot = name.lastIndexOf('.');
            if (!name.endsWith("package-info")) {
                counts.merge(name.substring(0, dot), 1, Integer::sum);
                sizes.merge(name.substring(0, dot), lines.size(), Integer::sum);
            }
        });
        Set<String> found = new TreeSet<>();
        counts.forEach((name, count) -> {
            if (count > mostFiles || sizes.get(name) > mostLines) {
                found.add(name);
            }
        });
        return found;
    }

    /** Files that reach each other over arrows between files. */
    static final class Circles {
        private final Map<String, Set<String>> arrows;

        Circles(Map<String, Set<String>> arrows) {
            this.arrows = arrows;
        }

        /** Each circle as its files in order, joined by commas. */
        Set<String> all() {
            Set<String> found = new TreeSet<>();
            for (String file : arrows.keySet()) {
                Set<String> circle = new TreeSet<>();
                for (String other : reach(file)) {
                    if (reach(other).contains(file)) {
                        circle.add(other);
                    }
                }
                if (!circle.isEmpty()) {
                    found.add(String.join(", ", circle));
                }
            }
            return found;
        }

        private Set<String> reach(String file) {
            Set<String> reached = new TreeSet<>();
            Deque<String> next = new ArrayDeque<>(arrows.getOrDefault(file, Set.of()));
            while (!next.isEmpty()) {
                String one = next.remove();
                if (reached.add(one)) {
                    next.addAll(arrows.getOrDefault(one, Set.of()));
                }
            }
            return reached;
        }
    }
}
