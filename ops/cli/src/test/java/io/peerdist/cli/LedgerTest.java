// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The specification ledgers name what there is: every name in back quotes in a column "Class" or "Test" is a class, a member
 * of one, or a test. A name without its class belongs to a class that stands before it in the same cell.
 */
class LedgerTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Z]\\w*");
    private static final Pattern METHOD = Pattern.compile("\\bvoid\\s+(\\w+)\\s*\\(");
    private static final Pattern SETTING = Pattern.compile("(--)?[a-z]+(-[a-z]+)+");

    /** Short for {@code ContentInformation...} in MS-PCCRC.md, which says so at its top. */
    private static final Map<String, String> ALIASES =
            Map.of("V1", "ContentInformationV1", "V2", "ContentInformationV2");

    private static final Path ROOT = root();

    /** Members by the simple name of their class; of nested classes also by {@code Outer.Inner}. */
    private static final Map<String, Set<String>> CLASSES = new HashMap<>();

    /** Packages of the production classes. */
    private static final Set<String> PACKAGES = new HashSet<>();

    /** Test methods by the simple name of their class. */
    private static final Map<String, Set<String>> TESTS = new HashMap<>();

    private static String settings = "";

    @BeforeAll
    static void readTree() throws IOException {
        for (JavaClass each : new ClassFileImporter().importPackages("io.peerdist")) {
            Set<String> members =
                    each.getAllMembers().stream().map(JavaMember::getName).collect(Collectors.toSet());
            String nested = each.getName().substring(each.getPackageName().length() + 1);
            CLASSES.computeIfAbsent(each.getSimpleName(), name -> new HashSet<>())
                    .addAll(members);
            CLASSES.computeIfAbsent(nested.replace('$', '.'), name -> new HashSet<>())
                    .addAll(members);
            PACKAGES.add(each.getPackageName());
        }
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file : files.filter(path -> path.toString().contains("/src/test/java/"))
                    .filter(path -> path.toString().endsWith(".java"))
                    .toList()) {
                Matcher method = METHOD.matcher(Files.readString(file));
                Set<String> methods = TESTS.computeIfAbsent(
                        file.getFileName().toString().replace(".java", ""), name -> new HashSet<>());
                while (method.find()) {
                    methods.add(method.group(1));
                }
            }
        }
        settings = Files.readString(ROOT.resolve("ops/docs/configuration.md"));
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve("protocol-spec/spec"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException("protocol-spec/spec: not above the working directory");
        }
        return directory;
    }

    static Stream<Path> ledgers() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("protocol-spec/spec"))) {
            return files.filter(path -> path.getFileName().toString().matches("MS-.*\\.md")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("ledgers")
    void namesWhatThereIs(Path ledger) throws IOException {
        List<String> wrong = new ArrayList<>();
        int names = 0;
        List<String> header = List.of();
        for (String line : Files.readAllLines(ledger)) {
            List<String> cells = cells(line);
            if (cells.isEmpty()) {
                header = List.of();
            } else if (header.isEmpty()) {
                header = cells;
            } else {
                for (int i = 0; i < cells.size() && i < header.size(); i++) {
                    boolean tests = header.get(i).equals("Test");
                    if (tests || header.get(i).equals("Class")) {
                        names += check(cells.get(i), tests, line, wrong);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(names).isGreaterThan(50);
    }

    @Test
    void seesThroughAbbreviations() {
        List<String> wrong = new ArrayList<>();
        check("`LedgerTest#namesWhatThereIs`, `seesThroughAbbreviations`", true, "", wrong);
        check("`V1.encode`, `ContentInformationReader`; `io.peerdist.codec.pccrr.BlockCipher`", false, "", wrong);
        assertThat(wrong).isEmpty();

        check("`LedgerTest#isNotThere`, `norThis`; `NoSuchTest`", true, "", wrong);
        check("`NoSuchClass`, `V1.noSuchMember`, `noSuchMember`", false, "", wrong);
        assertThat(wrong).hasSize(6);
    }

    /** The cells of a row of a table; nothing for another line, or the rule below a header. */
    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        String[] parts = line.split("(?<!\\\\)\\|", -1);
        return Stream.of(parts)
                .skip(1)
                .limit(parts.length - 2L)
                .map(String::strip)
                .toList();
    }

    private static int check(String cell, boolean tests, String line, List<String> wrong) {
        int names = 0;
        List<String> before = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(cell);
        while (quoted.find()) {
            String name = quoted.group(1);
            names++;
            if (tests ? !isTest(name, before) : !isProduction(name, before)) {
                wrong.add(name + " in: " + line);
            }
        }
        return names;
    }

    /** Test classes may stand in the column "Class" nowhere, but what the tests are made of may stand in "Test". */
    private static boolean isTest(String name, List<String> before) {
        int hash = name.indexOf('#');
        String className = hash < 0 ? name : name.substring(0, hash);
        Set<String> methods = TESTS.get(className);
        if (methods != null) {
            before.add(className);
            return hash < 0 || methods.contains(name.substring(hash + 1));
        }
        return hash < 0
                && (before.stream()
                                .anyMatch(each ->
                                        TESTS.getOrDefault(each, Set.of()).contains(name))
                        || isProduction(name, new ArrayList<>())
                        || isFile(name));
    }

    private static boolean isProduction(String quoted, List<String> before) {
        String name = quoted.replaceFirst("\\(.*\\)$", "").replaceFirst("^(--\\S+) .*", "$1");
        if (SETTING.matcher(name).matches()) {
            return settings.contains(name.replaceFirst("^--", ""));
        }
        if (name.startsWith("java.") || PACKAGES.contains(name)) {
            return true;
        }
        if (name.startsWith("io.peerdist.")) {
            return isProduction(name.replaceFirst("^io\\.peerdist\\.([a-z]\\w*\\.)+", ""), before);
        }
        if (isClass(name, before)) {
            return true;
        }
        int dot = name.lastIndexOf('.');
        if (dot > 0 && isClass(name.substring(0, dot), before)) {
            return members(name.substring(0, dot)).contains(name.substring(dot + 1));
        }
        return before.stream().anyMatch(each -> members(each).contains(name))
                || before.stream().anyMatch(each -> CLASSES.containsKey(alias(each) + "." + name))
                || isFile(name);
    }

    private static boolean isClass(String name, List<String> before) {
        String full = alias(name);
        if (CLASSES.containsKey(full)
                && CLASS_NAME.matcher(full.replace(".", "")).matches()) {
            before.add(full);
            return true;
        }
        return false;
    }

    private static Set<String> members(String className) {
        return CLASSES.getOrDefault(alias(className), Set.of());
    }

    private static String alias(String name) {
        int dot = name.indexOf('.');
        String outer = dot < 0 ? name : name.substring(0, dot);
        @Nullable String full = ALIASES.get(outer);
        return full == null ? name : full + name.substring(outer.length());
    }

    /** A file of the tree by the end of its path. */
    private static boolean isFile(String name) {
        if (name.startsWith("/") || !(name.contains("/") || name.endsWith(".md"))) {
            return false;
        }
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.anyMatch(path -> path.endsWith(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
