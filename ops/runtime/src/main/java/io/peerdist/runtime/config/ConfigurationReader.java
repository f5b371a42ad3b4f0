// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.NearestName;
import io.peerdist.runtime.config.ConfigurationSource.Entry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a configuration file and the options that override it.
 *
 * <pre>{@code
 * ConfigurationReader reader = ConfigurationReader.open(file, ConfigurationReader.SECTIONS, overrides);
 * ConfigurationSection section = reader.section("hosted-cache");
 * long cacheBytes = section.dataSize("cache-size", DEFAULT_BYTES, MIN_BYTES, MAX_BYTES);
 * reader.finish();
 * }</pre>
 *
 * A getter that finds something wrong remembers it and returns the default; {@link #finish} throws all of it, and what is
 * unknown besides. Not thread-safe.
 */
public final class ConfigurationReader {
    /** All sections that may stand in a file: one per daemon, of which each daemon reads its own. */
    public static final Set<String> SECTIONS = Set.of("content-server", "hosted-cache", "agent");

    // A configuration is a page or two; more is the wrong file.
    private static final long FILE_MAX_BYTES = 1 << 20;
    private static final int ALIASES_MAX = 50;
    // Sections in sections, keys and lists need four; the composer recurses, so depth is checked before it runs.
    private static final int NESTING_MAX = 16;

    private final String file;
    private final Set<String> sectionNames;
    private final Problems problems = new Problems();
    private final ConfigurationSource source;
    private final Map<String, Map<String, Entry>> content = new LinkedHashMap<>();
    private final Map<String, ConfigurationSection> sections = new LinkedHashMap<>();

    private ConfigurationReader(String file, Set<String> sectionNames, SettingOverrides overrides) {
        this.file = file;
        this.sectionNames = Set.copyOf(sectionNames);
        this.source = new ConfigurationSource(file, overrides, problems);
    }

    /**
     * Opens {@code file}, or nothing but the overrides when it is null.
     *
     * @param sectionNames all sections that may stand in the file, also those that other daemons read
     * @throws FailureException {@code CONFIGURATION} when the file is missing, unreadable, or no YAML
     */
    public static ConfigurationReader open(@Nullable Path file, Set<String> sectionNames, SettingOverrides overrides) {
        ConfigurationReader reader =
                new ConfigurationReader(file == null ? "" : file.toString(), sectionNames, overrides);
        if (file != null) {
            reader.load(text(file));
        }
        return reader;
    }

    /** A section, empty when the file has none of that name. */
    public ConfigurationSection section(String name) {
        if (!sectionNames.contains(name)) {
            throw new IllegalArgumentException("section: " + name + " (expected: one of " + sectionNames + ")");
        }
        return sections.computeIfAbsent(
                name, key -> new ConfigurationSection(key, content.getOrDefault(key, Map.of()), source));
    }

    /**
     * To be called when every setting has been asked for.
     *
     * @throws FailureException {@code CONFIGURATION} with every problem: file, line, what was found, what was expected
     */
    public void finish() {
        sections.values().forEach(ConfigurationSection::reportUnknown);
        problems.throwIfAny();
    }

    private static String text(Path file) {
        try {
            long bytes = Files.size(file);
            if (Files.isDirectory(file)) {
                throw failure(file + ": is a directory; name a file", null);
            }
            if (bytes > FILE_MAX_BYTES) {
                throw failure(file + ": " + bytes + " bytes (expected: a configuration of 1 MiB at most)", null);
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw failure(file + ": no such file; create it, or leave the option --config out", e);
        } catch (CharacterCodingException e) {
            throw failure(file + ": is not UTF-8 text", e);
        } catch (IOException e) {
            throw failure(file + ": cannot be read: " + e, e);
        }
    }

    private static FailureException failure(String text, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "configuration: " + text, cause);
    }

    private void load(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setMaxAliasesForCollections(ALIASES_MAX)
                .setAllowNonScalarKeys(true)
                .setCodePointLimit((int) FILE_MAX_BYTES)
                .build();
        parse(yaml, settings).ifPresent(this::loadRoot);
    }

    private Optional<Node> parse(String yaml, LoadSettings settings) {
        try {
            checkNesting(new Parse(settings).parseString(yaml));
            return new Compose(settings).composeString(yaml);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw failure(file + ":" + line + ": not YAML: " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw failure(file + ": not YAML: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            // The library lets it through for an escape that the text ends in, or that is no character.
            throw failure(file + ": not YAML: bad escape in a double-quoted text: " + e.getMessage(), e);
        }
    }

    private void checkNesting(Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            if (event instanceof CollectionStartEvent && ++depth > NESTING_MAX) {
                int line = event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
                throw failure(file + ":" + line + ": nested deeper than " + NESTING_MAX + " levels", null);
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
    }

    private void loadRoot(Node root) {
        if (ConfigurationSource.isNull(root)) {
            return;
        }
        for (Map.Entry<String, Entry> section : source.entries(root, "the file").entrySet()) {
            String name = section.getKey();
            Entry entry = section.getValue();
            if (!sectionNames.contains(name)) {
                problems.inFile(
                        file,
                        entry.line(),
                        "unknown section: " + name
                                + NearestName.of(name, sectionNames)
                                        .map(near -> " (did you mean \"" + near + "\"?)")
                                        .orElse(" (expected: " + String.join(", ", new TreeSet<>(sectionNames)) + ")"));
            } else if (!ConfigurationSource.isNull(entry.value())) {
                content.put(name, source.entries(entry.value(), name));
            }
        }
    }
}
