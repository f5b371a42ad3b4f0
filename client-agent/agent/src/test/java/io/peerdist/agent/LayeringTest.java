// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.peerdist.agent");

    @Test
    void keepsTheCommandLineInItsPackage() {
        noClasses()
                .that()
                .resideInAPackage("io.peerdist.agent")
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
