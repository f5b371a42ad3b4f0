// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.peerdist.runtime");

    @Test
    void keepsThePackagesFreeOfCycles() {
        slices().matching("io.peerdist.(runtime..)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void keepsEachLibraryInItsPlace() {
        only("picocli..", "io.peerdist.runtime.cli");
        only("org.snakeyaml..", "io.peerdist.runtime.config");
        only("ch.qos.logback..", "io.peerdist.runtime");
        only("com.sun.jna..", "io.peerdist.runtime.digest");
        only("io.prometheus..", "io.peerdist.runtime.management");
        only(
                "io.netty.handler..",
                "io.peerdist.runtime.http",
                "io.peerdist.runtime.management",
                "io.peerdist.runtime.tls");
        only("io.netty.handler.ssl..", "io.peerdist.runtime.http", "io.peerdist.runtime.tls");
    }

    @Test
    void readsTheClockInOnePlace() {
        noClasses()
                .that()
                .areNotAssignableTo(SystemClock.class)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(CLASSES);
    }

    private static void only(String library, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }
}
