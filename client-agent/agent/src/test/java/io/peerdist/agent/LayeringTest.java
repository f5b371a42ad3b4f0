// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.peerdist.agent");

    @Test
    void hasNoCyclesBetweenPackages() {
        slices().matching("io.peerdist.(agent..)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void plansWithoutTouchingTheWorld() {
        noClasses()
                .that()
                .resideInAPackage("io.peerdist.agent.plan")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.peerdist.agent",
                        "io.peerdist.agent.origin",
                        "io.peerdist.agent.source",
                        "io.peerdist.agent.download",
                        "io.peerdist.agent.offer",
                        "io.peerdist.runtime..",
                        "java.io..",
                        "java.net..",
                        "java.nio..")
                .check(classes);
    }

    @Test
    void keepsTheCommandLineInItsPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.peerdist.agent.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "io.peerdist.agent.cli..")
                .check(classes);
    }

    @Test
    void seesNeitherServersNorDatabase() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.peerdist.hostedcache..", "io.peerdist.contentserver..", "org.rocksdb..")
                .check(classes);
    }
}
