// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who may know whom in this module; the edges between modules are Maven's. */
final class LayeringTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.peerdist.contentserver");

    @Test
    void onlyCommandsKnowTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "..contentserver.cli")
                .check(CLASSES);
    }

    @Test
    void hashingKnowsNeitherFilesNorHttp() {
        noClasses()
                .that()
                .resideInAPackage("..hashing")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..files", "..http", "..information", "io.netty..", "io.peerdist.runtime..")
                .check(CLASSES);
    }

    @Test
    void filesKnowNothingOfPeerDist() {
        noClasses()
                .that()
                .resideInAPackage("..files")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..hashing", "..http", "..information", "io.netty..", "io.peerdist.codec..")
                .check(CLASSES);
    }

    @Test
    void nobodyReadsAClockOrADatabaseDirectly() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.rocksdb..")
                .check(CLASSES);
    }
}
