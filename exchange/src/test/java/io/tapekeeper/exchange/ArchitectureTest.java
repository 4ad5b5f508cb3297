package io.tapekeeper.exchange;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The laws of this module: which package may know which, and how large its rooms may be. */
class ArchitectureTest {
    private static final String ROOT = "io.tapekeeper.exchange";

    /** Arrows only point up this list: a package may know the packages above it. The root knows them all. */
    private static final List<String> PACKAGES = List.of(
            "market",
            "synthetic",
            "endless",
            "capture",
            "history",
            "traffic",
            "wire",
            "faults",
            "play",
            "socket",
            "rest");

    /** Violations that are allowed, and why; {@link #everyExceptionIsNeeded} keeps the list from growing stale. */
    private static final Map<String, String> EXCEPTIONS = Map.of();

    private static final int FILE_LINES = 350;
    private static final int METHOD_LINES = 40;
    private static final int PARAMETERS = 5;
    private static final int PACKAGE_FILES = 25;
    private static final int PACKAGE_LINES = 2_600;
    private static final Path SOURCES = Path.of("src/main/java", ROOT.split("\\.", -1));
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void packagesKnowOnlyThePackagesAboveThem() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path file : files()) {
            Path folder = SOURCES.relativize(file.getParent());
            found.add(folder.toString().replace('/', '.'));
        }
        found.remove(""); // the root, which knows them all and is known by none
        assertEquals(new TreeSet<>(PACKAGES), found, "packages in the list and in the sources");
        for (int at = 0; at < PACKAGES.size(); at++) {
            Stream<String> below = PACKAGES.stream().skip(at + 1).map(name -> ROOT + "." + name + "..");
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + PACKAGES.get(at) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(Stream.concat(Stream.of(ROOT), below).toArray(String[]::new))
                    .check(CLASSES);
        }
    }

    @Test
    void packagesFormNoCircle() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void knowsNothingOfTheProductAroundIt() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.tapekeeper..")
                        .and(JavaClass.Predicates.resideOutsideOfPackage(ROOT + "..")))
                .check(CLASSES);
    }

    @Test
    void keepsTheLawsOfSizeAndHasNoCircleOfFiles() throws IOException {
        Map<String, String> violations = violations();
        violations.keySet().removeAll(EXCEPTIONS.keySet());
        assertEquals(Map.of(), violations);
    }

    @Test
    void everyExceptionIsNeeded() throws IOException {
        Set<String> unneeded = new TreeSet<>(EXCEPTIONS.keySet());
        unneeded.removeAll(violations().keySet());
        assertEquals(Set.of(), unneeded);
    }

    /** What is beyond a law, and by how much. */
    private static Map<String, String> violations() throws IOException {
        Map<String, String> violations = new TreeMap<>();
        Map<Path, List<Integer>> lines = new TreeMap<>();
        for (Path file : files()) {
            int length = Files.readAllLines(file).size();
            lines.computeIfAbsent(file.getParent(), any -> new ArrayList<>()).add(length);
            limit(violations, "lines of " + file.getFileName(), length, FILE_LINES);
        }
        lines.forEach((folder, lengths) -> {
            limit(violations, "files of package " + folder.getFileName(), lengths.size(), PACKAGE_FILES);
            int sum = lengths.stream().mapToInt(Integer::intValue).sum();
            limit(violations, "lines of package " + folder.getFileName(), sum, PACKAGE_LINES);
        });
        measureMethods(violations);
        Map<String, Set<String>> known = knownFiles();
        for (String file : known.keySet()) {
            Set<String> circle = new TreeSet<>(reached(file, known));
            circle.removeIf(other -> !reached(other, known).contains(file));
            if (!circle.isEmpty()) {
                String names = circle.stream()
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .collect(Collectors.joining(", "));
                violations.put("circle of " + names, "these files know one another");
            }
        }
        return violations;
    }

    private static void limit(Map<String, String> violations, String what, long value, int most) {
        if (value > most) {
            violations.put(what, value + ", at most " + most);
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** Lines and parameters of methods and constructors. The header of a record is data, and no parameter list. */
    private static void measureMethods(Map<String, String> violations) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String file =
                        Path.of(unit.getSourceFile().toUri()).getFileName().toString();
                LineMap map = unit.getLineMap();
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void unused) {
                        String name = file.replace("java", method.getName().toString());
                        long first = map.getLineNumber(positions.getStartPosition(unit, method));
                        long last = map.getLineNumber(positions.getEndPosition(unit, method));
                        limit(violations, "lines of " + name, last - first + 1, METHOD_LINES);
                        limit(
                                violations,
                                "parameters of " + name,
                                method.getParameters().size(),
                                PARAMETERS);
                        return super.visitMethod(method, null);
                    }
                }.scan(unit, null);
            }
        }
    }

    /** The files of its own package that each file knows; a sealed type and those it permits are no circle. */
    private static Map<String, Set<String>> knownFiles() {
        return CLASSES.stream()
                .flatMap(javaClass -> javaClass.getDirectDependenciesFromSelf().stream())
                .filter(arrow -> arrow.getOriginClass()
                        .getPackage()
                        .equals(arrow.getTargetClass().getPackage()))
                .filter(arrow -> !arePermitted(arrow.getOriginClass(), arrow.getTargetClass()))
                .filter(arrow -> !file(arrow.getOriginClass()).equals(file(arrow.getTargetClass())))
                .collect(groupingBy(
                        arrow -> file(arrow.getOriginClass()),
                        TreeMap::new,
                        mapping(arrow -> file(arrow.getTargetClass()), toSet())));
    }

    /** The outermost class stands for the file. */
    private static String file(JavaClass javaClass) {
        return javaClass.getEnclosingClass().map(ArchitectureTest::file).orElseGet(javaClass::getName);
    }

    private static boolean arePermitted(JavaClass one, JavaClass other) {
        return permits(one.reflect(), other.reflect()) || permits(other.reflect(), one.reflect());
    }

    private static boolean permits(Class<?> parent, Class<?> child) {
        return parent.isSealed()
                && Arrays.asList(parent.getPermittedSubclasses()).contains(child);
    }

    private static Set<String> reached(String file, Map<String, Set<String>> known) {
        Set<String> reached = new HashSet<>();
        List<String> open = new ArrayList<>(known.getOrDefault(file, Set.of()));
        while (!open.isEmpty()) {
            String next = open.removeLast();
            if (reached.add(next)) {
                open.addAll(known.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }
}
