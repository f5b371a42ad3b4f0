// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows between the modules (ops/docs/architecture.md, section 2). This is the one module that sees all the others,
 * so the rules stand here. Changing one needs a decision record.
 */
class LayeringTest {
    private static final String JDK = "java..";
    private static final String JDK_EXTENSIONS = "javax..";
    private static final String JSPECIFY = "org.jspecify..";
    private static final String ERROR_PRONE = "com.google.errorprone..";
    private static final String LOGGING = "org.slf4j..";
    private static final String METRICS = "io.micrometer..";
    private static final String NETTY = "io.netty..";
    private static final String PICOCLI = "picocli..";
    private static final String NATIVE_ACCESS = "com.sun.jna..";
    private static final String KERBEROS = "org.ietf.jgss.."; // of the JDK

    private static final String CODEC = "io.peerdist.codec..";
    private static final String BLOCK_STORE = "io.peerdist.blockstore..";
    private static final String RETRIEVAL = "io.peerdist.retrieval..";
    private static final String CONTENT_SERVER = "io.peerdist.contentserver..";
    private static final String HOSTED_CACHE = "io.peerdist.hostedcache..";
    private static final String DISCOVERY = "io.peerdist.discovery..";
    private static final String AGENT = "io.peerdist.agent..";
    private static final String RUNTIME = "io.peerdist.runtime..";
    private static final String BENCHMARKS = "io.peerdist.benchmarks..";

    private static JavaClasses production;

    @BeforeAll
    static void importProductionClasses() {
        production = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.peerdist");
        assertThat(production.containPackage("io.peerdist.codec.pccrc")).isTrue();
    }

    static Stream<Arguments> arrows() {
        return Stream.of(
                Arguments.of(CODEC, List.of()),
                Arguments.of(
                        BLOCK_STORE,
                        List.of(CODEC, "org.rocksdb..", "com.github.benmanes.caffeine..", METRICS, LOGGING)),
                Arguments.of(RETRIEVAL, List.of(CODEC, NETTY, METRICS, LOGGING)),
                Arguments.of(DISCOVERY, List.of(CODEC, NETTY, METRICS, LOGGING)),
                Arguments.of(
                        RUNTIME,
                        List.of(
                                NETTY,
                                METRICS,
                                "io.prometheus..",
                                PICOCLI,
                                "org.snakeyaml..",
                                LOGGING,
                                "ch.qos.logback..",
                                NATIVE_ACCESS)),
                Arguments.of(CONTENT_SERVER, List.of(CODEC, BLOCK_STORE, RUNTIME, NETTY, METRICS, LOGGING, PICOCLI)),
                Arguments.of(
                        HOSTED_CACHE,
                        List.of(CODEC, BLOCK_STORE, RETRIEVAL, RUNTIME, NETTY, METRICS, LOGGING, PICOCLI, KERBEROS)),
                Arguments.of(
                        AGENT,
                        List.of(CODEC, BLOCK_STORE, RETRIEVAL, DISCOVERY, RUNTIME, NETTY, METRICS, LOGGING, PICOCLI)));
    }

    @ParameterizedTest
    @MethodSource("arrows")
    void moduleDependsOnlyOnWhatItsArrowsAllow(String module, List<String> allowed) {
        List<String> packages = new ArrayList<>(allowed);
        packages.addAll(List.of(module, JDK, JDK_EXTENSIONS, JSPECIFY, ERROR_PRONE));
        classes()
                .that()
                .resideInAPackage(module)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(packages.toArray(String[]::new))
                .check(production);
    }

    @Test
    void contentServerUsesOnlyTheContentInformationColumnOfTheStore() {
        noClasses()
                .that()
                .resideInAPackage(CONTENT_SERVER)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.peerdist.blockstore.BlockStore")
                .check(production);
    }

    @Test
    void commandLineLibraryStaysInCommandPackages() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(PICOCLI)
                .check(production);
    }

    @Test
    void nativeFunctionsAreCalledInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.peerdist.runtime.digest")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(NATIVE_ACCESS)
                .check(production);
    }

    @Test
    void nothingThatIsShippedKnowsTheBenchmarks() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BENCHMARKS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BENCHMARKS, "org.openjdk.jmh..")
                .check(production);
    }

    @Test
    void onlyTheClockReadsTheTime() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.peerdist\\.runtime\\.(Clock|SystemClock)(\\$.*)?")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(production);
    }

    @Test
    void codecDoesNoInputOrOutputAndStartsNoThreads() {
        noClasses()
                .that()
                .resideInAPackage(CODEC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.net..", "java.nio.file..", "java.util.concurrent..")
                .check(production);
    }

    @Test
    void classesAreFinalUnlessTheyAreMadeToBeExtended() {
        classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
                .should()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .check(production);
    }
}
