package io.tapekeeper.app;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
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
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The sizes of files, methods and packages, read from the sources of the product's modules. */
final class SourceLaws {
    private static final List<String> MODULES = List.of("core", "venues", "store", "recorder", "dashboard", "app");

    private final Map<String, List<String>> files = new TreeMap<>(); // lines by name without the base package
    private final Map<String, Path> paths = new TreeMap<>(); // by the same name

    private SourceLaws(Path root) {
        for (String module : MODULES) {
            Path sources = root.resolve(module).resolve("src/main/java/io/tapekeeper");
            try (Stream<Path> found = Files.walk(sources)) {
                found.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    String name = sources.relativize(file)
                            .toString()
                            .replace('\\', '/')
                            .replace('/', '.');
                    String plain = name.substring(0, name.length() - ".java".length());
                    files.put(plain, lines(file));
                    paths.put(plain, file);
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
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Set<String> found = new TreeSet<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(paths.values()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                LineMap map = unit.getLineMap();
                String file = nameOf(unit);
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void unused) {
                        long first = map.getLineNumber(positions.getStartPosition(unit, method));
                        long last = map.getLineNumber(positions.getEndPosition(unit, method));
                        if (last - first + 1 > most) {
                            found.add(file + "." + method.getName());
                        }
                        return super.visitMethod(method, null);
                    }
                }.scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private String nameOf(CompilationUnitTree unit) {
        Path path = Path.of(unit.getSourceFile().toUri());
        return paths.entrySet().stream()
                .filter(entry -> entry.getValue().equals(path))
                .findFirst()
                .orElseThrow()
                .getKey();
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
