// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.peerdist.discovery");

    @Test
    void messagesKnowNeitherRolesNorSockets() {
        noClasses()
                .that()
                .resideInAPackage("io.peerdist.discovery.message")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.peerdist.discovery", "io.netty.channel..", "java.util.concurrent..")
                .check(classes);
    }

    @Test
    void onlyTheSocketsKnowNettysChannels() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.peerdist\\.discovery\\.(Discovery|DiscoverySockets)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.channel..")
                .check(classes);
    }
}
