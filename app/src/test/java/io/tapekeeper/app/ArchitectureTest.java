package io.tapekeeper.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The laws of the house: which room may know which, and how large a room may be. Where a law has exceptions they stand
 * beside it with their reasons, and an exception that is no longer needed fails the test as a new offence does. The
 * local exchange has a test of its own.
 */
class ArchitectureTest {
    private static final String BASE = "io.tapekeeper.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tapekeeper");

    private static final List<String> CORE =
            List.of("market", "tape", "bar", "feature", "signal", "alert", "series", "health", "pipeline");

    /** A package knows packages above it in this list, never one below: so there is no circle of packages either. */
    private static final List<String> PACKAGES = concat(
            CORE,
            List.of("venue", "venue.net", "venue.limit", "venue.stream", "venue.fetch", "venue.binance"),
            List.of("store"),
            List.of("live", "recorder.tape", "recorder.health", "recorder.repair", "recorder.audit", "recorder"),
            List.of("dashboard"),
            List.of("exchange"),
            List.of("analyze", "app.terminal", "app.doctor", "app"));

    /** What a package above would be allowed to know, but must not. */
    private static final Map<String, List<String>> STRANGERS = Map.of(
            "store", List.of("venue"),
            "live", List.of("venue"),
            "dashboard", List.of("venue", "recorder"),
            "recorder", List.of("venue.binance"),
            "exchange", List.of("market", "tape", "bar", "feature", "venue", "store", "live", "recorder", "dashboard"));

    @Test
    void packagesOnlyKnowPackagesAboveThem() {
        Set<String> arrows = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
                String origin = room(from);
                String target = room(arrow.getTargetClass());
                if (!target.isEmpty() && PACKAGES.indexOf(target) > PACKAGES.indexOf(origin)) {
                    arrows.add(fileOf(from) + " -> " + fileOf(arrow.getTargetClass()));
                }
            }
        }
        assertEquals(Set.of(), arrows);
    }

    @Test
    void everyPackageHasAPlaceInTheList() {
        assertEquals(
                Set.of(),
                CLASSES.stream()
                        .map(one -> room(one))
                        .filter(room -> !PACKAGES.contains(room))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void packagesDoNotKnowStrangers() {
        Set<String> arrows = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
                String target = room(arrow.getTargetClass());
                STRANGERS.forEach((origin, strangers) -> {
                    if (isWithin(room(from), origin)
                            && strangers.stream().anyMatch(stranger -> isWithin(target, stranger))) {
                        arrows.add(fileOf(from) + " -> " + fileOf(arrow.getTargetClass()));
                    }
                });
            }
        }
        assertEquals(Set.of(), arrows);
    }

    /** Files that know each other in a circle and are no sealed family: the first of each circle, with the reason. */
    private static final Map<String, String> CIRCLES = Map.of();

    @Test
    void filesOfAPackageFormNoCircle() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass from : CLASSES) {
            if (isWithin(room(from), "exchange")) {
                continue;
            }
            for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
                JavaClass target = arrow.getTargetClass();
                if (room(from).equals(room(target))
                        && !fileOf(from).equals(fileOf(target))
                        && !isFamily(from, target)) {
                    arrows.computeIfAbsent(fileOf(from), any -> new TreeSet<>()).add(fileOf(target));
                }
            }
        }
        assertEquals(new TreeMap<>(CIRCLES).keySet(), new SourceLaws.Circles(arrows).all());
    }

    /** A sealed type names its parts, and they name it. */
    private static boolean isFamily(JavaClass one, JavaClass other) {
        return (one.reflect().isSealed() && other.isAssignableTo(one.reflect()))
                || (other.reflect().isSealed() && one.isAssignableTo(other.reflect()));
    }

    /** More than five parameters, with the reason. A record's own are its data and do not count. */
    private static final Map<String, String> LONG_PARAMETER_LISTS = Map.of(
            "market.TradeSlot.set", "a trade's own fields, handed over one by one so that no object is made for it");

    @Test
    void parameterListsAreShort() {
        Set<String> found = new TreeSet<>();
        for (JavaClass one : CLASSES) {
            if (isWithin(room(one), "exchange") || one.isEnum()) {
                continue;
            }
            for (JavaCodeUnit unit : one.getCodeUnits()) {
                boolean data = one.isRecord() && unit instanceof JavaConstructor;
                boolean generated = unit.getModifiers().contains(JavaModifier.SYNTHETIC);
                if (!data && !generated && unit.getRawParameterTypes().size() > 5) {
                    found.add(fileOf(one) + "." + unit.getName());
                }
            }
        }
        assertEquals(new TreeMap<>(LONG_PARAMETER_LISTS).keySet(), found);
    }

    /** Files of more than 350 lines, with the reason. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "feature.ClassicFeatures", "one arithmetic for three windows; cut apart it is no longer inlined as a whole",
            "recorder.repair.LiveRepair", "fills gaps and follows the tape without a socket; to be cut by these two");

    /** Methods of more than 40 lines, with the reason. */
    private static final Map<String, String> LONG_METHODS =
            Map.of("venue.binance.TradeScanner.read", "one pass over a frame, called for each: a split costs it time");

    /** Packages of more than 25 files or 2,600 lines, with the reason. */
    private static final Map<String, String> LARGE_PACKAGES =
            Map.of("store", "one subject, and the only one that knows SQL");

    @Test
    void filesAreShort() {
        assertEquals(new TreeMap<>(LONG_FILES).keySet(), SourceLaws.ofHouse().filesOver(350));
    }

    @Test
    void methodsAreShort() {
        assertEquals(new TreeMap<>(LONG_METHODS).keySet(), SourceLaws.ofHouse().methodsOver(40));
    }

    @Test
    void packagesAreSmall() {
        assertEquals(
                new TreeMap<>(LARGE_PACKAGES).keySet(), SourceLaws.ofHouse().packagesOver(25, 2_600));
    }

    @Test
    void theCoreKnowsNoClockNoThreadAndNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage(core())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.time..",
                        "java.util.concurrent..",
                        "java.nio.file..",
                        "java.net..",
                        "java.sql..",
                        "java.util.logging..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CLASSES);
    }

    @Test
    void theRecorderIsGivenItsClock() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + "recorder..", BASE + "live..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.InstantSource.class, "system")
                .check(CLASSES);
    }

    @Test
    void theCoreUsesStrictMathWhereMachinesMayDiffer() {
        for (String function : new String[] {"log", "exp", "log10", "log1p", "expm1"}) {
            noClasses()
                    .that()
                    .resideInAnyPackage(core())
                    .should()
                    .callMethod(Math.class, function, double.class)
                    .check(CLASSES);
        }
    }

    @Test
    void onlyTheStoreKnowsSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tapekeeper.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..")
                .check(CLASSES);
    }

    private static String[] core() {
        return CORE.stream().map(name -> BASE + name + "..").toArray(String[]::new);
    }

    /** The package of a class of ours, for example {@code venue.net}; of the exchange only its first part. */
    private static String room(JavaClass one) {
        JavaClass plain = one.getBaseComponentType();
        if (!plain.getPackageName().startsWith(BASE)) {
            return "";
        }
        String name = plain.getPackageName().substring(BASE.length());
        return isWithin(name, "exchange") ? "exchange" : name;
    }

    private static boolean isWithin(String room, String origin) {
        return room.equals(origin) || room.startsWith(origin + ".");
    }

    private static String fileOf(JavaClass one) {
        String name = one.getBaseComponentType().getName().substring(BASE.length());
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    @SafeVarargs
    private static List<String> concat(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
