package io.tapekeeper.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The law of the house: arrows only point up the list of modules, and the core knows no clock. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tapekeeper");

    private static final String[] CORE = {
        "io.tapekeeper.market..",
        "io.tapekeeper.tape..",
        "io.tapekeeper.bar..",
        "io.tapekeeper.feature..",
        "io.tapekeeper.signal..",
        "io.tapekeeper.alert..",
        "io.tapekeeper.analyst.."
    };

    @Test
    void modulesOnlyKnowTheModulesAboveThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("core")
                .definedBy(CORE)
                .layer("venues")
                .definedBy("io.tapekeeper.venue..")
                .layer("store")
                .definedBy("io.tapekeeper.store..")
                .layer("exchange")
                .definedBy("io.tapekeeper.exchange..")
                .layer("dashboard")
                .definedBy("io.tapekeeper.dashboard..")
                .layer("app")
                .definedBy("io.tapekeeper.app..")
                .whereLayer("venues")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("store")
                .mayOnlyBeAccessedByLayers("dashboard", "app")
                .whereLayer("exchange")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("dashboard")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void packagesOfTheCoreOnlyKnowThePackagesAboveThem() {
        for (int at = 0; at < CORE.length - 1; at++) {
            String[] below = java.util.Arrays.copyOfRange(CORE, at + 1, CORE.length);
            if (at == 1) {
                // tape and bar stand side by side
                below = new String[] {CORE[3], CORE[4], CORE[5], CORE[6]};
            }
            noClasses()
                    .that()
                    .resideInAPackage(CORE[at])
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(below)
                    .check(CLASSES);
        }
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("io.tapekeeper.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theCoreKnowsNoClockNoThreadAndNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
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
    void theCoreUsesStrictMathWhereMachinesMayDiffer() {
        for (String function : new String[] {"log", "exp", "log10", "log1p", "expm1"}) {
            noClasses()
                    .that()
                    .resideInAnyPackage(CORE)
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
}
