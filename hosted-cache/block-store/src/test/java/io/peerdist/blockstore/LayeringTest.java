// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.peerdist.blockstore");

    @Test
    void dependsOnTheCodecAndItsLibrariesOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.peerdist.blockstore",
                        "io.peerdist.codec..",
                        "java..",
                        "org.rocksdb..",
                        "com.github.benmanes.caffeine.cache..",
                        "io.micrometer.core.instrument..",
                        "org.slf4j..",
                        "org.jspecify.annotations..")
                .check(CLASSES);
    }

    @Test
    void knowsRocksDbInOnePlace() {
        noClasses()
                .that(are(DescribedPredicate.not(
                        belongToAnyOf(KeyValueDatabase.class, KeyValueResources.class, NativeLibrary.class))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.rocksdb..")
                .check(CLASSES);
    }

    @Test
    void reachesTheLogsFilesThroughTheirInterface() {
        noClasses()
                .that(are(DescribedPredicate.not(
                        belongToAnyOf(DiskExtentFile.class, DiskExtentFiles.class, BlockStore.class))))
                .should()
                .dependOnClassesThat(belongToAnyOf(DiskExtentFile.class, DiskExtentFiles.class))
                .check(CLASSES);
    }

    @Test
    void readsNoClock() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(CLASSES);
    }
}
