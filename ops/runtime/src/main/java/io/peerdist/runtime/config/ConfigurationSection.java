// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.Durations;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.NearestName;
import io.peerdist.runtime.config.ConfigurationSource.Entry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The settings of one component, or of a part of one. Each getter names a key, and thereby makes it known; bounds include
 * their ends. Not thread-safe.
 */
public final class ConfigurationSection {
    private static final int LIST_MAX_VALUES = 1_000;

    private final String name;
    private final Map<String, Entry> entries;
    private final ConfigurationSource source;
    private final SettingOverrides overrides;
    private final Problems problems;
    private final TreeSet<String> known = new TreeSet<>();
    private final Map<String, ConfigurationSection> sections = new TreeMap<>();

    ConfigurationSection(String name, Map<String, Entry> entries, ConfigurationSource source) {
        this.name = name;
        this.entries = entries;
        this.source = source;
        this.overrides = source.overrides();
        this.problems = source.problems();
    }

    /** Texts found for a key, and how to complain about them. */
    private record Found(List<String> texts, String where, int line) {}

    /** Whether the file has no such section, or nothing stands in it; options do not count. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * A section within this one: {@code section("tls").path("certificate")} reads {@code hosted-cache.tls.certificate}. It is
     * empty when the file has none; a value where the section should be is a problem.
     */
    public ConfigurationSection section(String key) {
        known.add(key);
        return sections.computeIfAbsent(key, this::nested);
    }

    /**
     * A list of sections within this one, in the order of the file; options do not reach into it. Anything else where the
     * list should be is a problem. To be asked for once.
     */
    public List<ConfigurationSection> sections(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        if (entry == null || ConfigurationSource.isNull(entry.value())) {
            return List.of();
        }
        if (!(entry.value() instanceof SequenceNode sequence)
                || sequence.getValue().size() > LIST_MAX_VALUES) {
            complain(
                    key,
                    new Found(List.of(), "", entry.line()),
                    "is no list, or too long a one (expected: at most " + LIST_MAX_VALUES
                            + " lines that begin with -)");
            return List.of();
        }
        List<ConfigurationSection> list = new ArrayList<>();
        for (Node node : sequence.getValue()) {
            String itemKey = key + "[" + (list.size() + 1) + "]";
            String itemName = name + "." + itemKey;
            ConfigurationSection item = new ConfigurationSection(itemName, source.entries(node, itemName), source);
            sections.put(itemKey, item);
            list.add(item);
        }
        return list;
    }

    private ConfigurationSection nested(String key) {
        String nestedName = name + "." + key;
        Entry entry = entries.get(key);
        Map<String, Entry> nested = entry == null || ConfigurationSource.isNull(entry.value())
                ? Map.of()
                : source.entries(entry.value(), nestedName);
        return new ConfigurationSection(nestedName, nested, source);
    }

    public String string(String key, String defaultValue) {
        return single(key, text -> text).orElse(defaultValue);
    }

    public Optional<String> optionalString(String key) {
        return single(key, text -> text);
    }

    /** A missing key is a problem; the result is the empty string then. */
    public String requiredString(String key) {
        return required(key, string(key, ""));
    }

    public List<String> strings(String key, List<String> defaultValue) {
        return many(key, text -> text, defaultValue);
    }

    /**
     * A value that {@code parser} reads; what it throws as {@link IllegalArgumentException} is a problem.
     */
    public <T> Optional<T> value(String key, Function<String, T> parser) {
        return single(key, parser);
    }

    /** As {@link #value}, for each of a list; empty when the key is missing, and without those that are problems. */
    public <T> List<T> values(String key, Function<String, T> parser) {
        return many(key, parser, List.of());
    }

    public int integer(String key, int defaultValue, int min, int max) {
        return single(key, text -> {
                    String expected = "a number from " + min + " to " + max;
                    return (int) bounded(parseLong(text, expected), min, max, text, expected);
                })
                .orElse(defaultValue);
    }

    public boolean bool(String key, boolean defaultValue) {
        return single(key, text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw unexpected(text, "true or false");
                })
                .orElse(defaultValue);
    }

    /** In bytes. */
    public long dataSize(String key, long defaultBytes, long minBytes, long maxBytes) {
        return single(key, text -> {
                    String expected = "a size from " + new DataSize(minBytes) + " to " + new DataSize(maxBytes);
                    return bounded(DataSize.parse(text).bytes(), minBytes, maxBytes, text, expected);
                })
                .orElse(defaultBytes);
    }

    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        return single(key, text -> {
                    Duration value = Durations.parse(text);
                    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                        throw unexpected(text, "a time from " + Durations.format(min) + " to " + Durations.format(max));
                    }
                    return value;
                })
                .orElse(defaultValue);
    }

    public Optional<HostPort> hostPort(String key) {
        return single(key, HostPort::parse);
    }

    public List<HostPort> hostPorts(String key) {
        return many(key, HostPort::parse, List.of());
    }

    public Optional<Path> path(String key) {
        return single(key, ConfigurationSection::parsePath);
    }

    /** A missing key is a problem; the result is the empty path then. */
    public Path requiredPath(String key) {
        return required(key, path(key).orElse(Path.of("")));
    }

    /** One of the constants, written in lower case with hyphens. */
    public <E extends Enum<E>> E enumeration(String key, Class<E> type, E defaultValue) {
        return single(key, text -> {
                    for (E constant : type.getEnumConstants()) {
                        if (enumName(constant).equalsIgnoreCase(text.replace('_', '-'))) {
                            return constant;
                        }
                    }
                    throw unexpected(text, "one of " + enumNames(type));
                })
                .orElse(defaultValue);
    }

    /** Remembers a problem that only the component can see, such as two settings that do not go together. */
    public void problem(String key, String text) {
        known.add(key);
        SettingOverrides.OptionValue override = overrides.get(name, key);
        Entry entry = entries.get(key);
        int line = override == null && entry != null ? entry.line() : 0;
        complain(key, new Found(List.of(), override == null ? "" : override.option(), line), text);
    }

    void reportUnknown() {
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                String expected = NearestName.of(key, known)
                        .map(near -> " (did you mean \"" + near + "\"?)")
                        .orElse(" (expected: " + String.join(", ", known) + ")");
                problems.inFile(source.file(), entry.line(), "unknown key: " + name + "." + key + expected);
            }
        });
        for (String key : overrides.keys(name)) {
            int dot = key.indexOf('.');
            boolean isRead = dot < 0 ? known.contains(key) : sections.containsKey(key.substring(0, dot));
            if (!isRead) {
                throw new IllegalStateException("override: " + name + "." + key + " (expected: one of " + known + ")");
            }
        }
        sections.values().forEach(ConfigurationSection::reportUnknown);
    }

    private <T> Optional<T> single(String key, Function<String, T> parser) {
        Found found = find(key);
        if (found == null) {
            return Optional.empty();
        }
        if (found.texts().size() != 1) {
            complain(key, found, found.texts().size() + " values (expected: one)");
            return Optional.empty();
        }
        return parse(key, found, found.texts().get(0), parser);
    }

    private <T> List<T> many(String key, Function<String, T> parser, List<T> defaultValue) {
        Found found = find(key);
        if (found == null) {
            return defaultValue;
        }
        List<T> values = new ArrayList<>();
        found.texts().forEach(text -> parse(key, found, text, parser).ifPresent(values::add));
        return List.copyOf(values);
    }

    private <T> Optional<T> parse(String key, Found found, String text, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            complain(key, found, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private @Nullable Found find(String key) {
        known.add(key);
        SettingOverrides.OptionValue override = overrides.get(name, key);
        if (override != null) {
            return new Found(override.values(), override.option(), 0);
        }
        Entry entry = entries.get(key);
        return entry == null ? null : found(key, entry);
    }

    private @Nullable Found found(String key, Entry entry) {
        Node value = entry.value();
        List<Node> nodes = value instanceof SequenceNode sequence ? sequence.getValue() : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Node node : nodes) {
            if (!(node instanceof ScalarNode scalar) || ConfigurationSource.isNull(node)) {
                String kind = ConfigurationSource.isNull(node) ? "no value" : "a " + ConfigurationSource.kind(node);
                complain(key, new Found(List.of(), "", entry.line()), "has " + kind + " (expected: a value)");
                return null;
            }
            texts.add(scalar.getValue());
        }
        if (texts.size() > LIST_MAX_VALUES) {
            complain(key, new Found(List.of(), "", entry.line()), texts.size() + " values (expected: 1000 at most)");
            return null;
        }
        return new Found(texts, "", entry.line());
    }

    private <T> T required(String key, T value) {
        if (overrides.get(name, key) == null && !entries.containsKey(key)) {
            problems.elsewhere(name + "." + key + ": missing (expected: in the file or as an option)");
        }
        return value;
    }

    private void complain(String key, Found found, String text) {
        if (found.line() > 0) {
            problems.inFile(source.file(), found.line(), name + "." + key + ": " + text);
        } else {
            problems.elsewhere((found.where().isEmpty() ? name + "." + key : found.where()) + ": " + text);
        }
    }

    private static IllegalArgumentException unexpected(String text, String expected) {
        return new IllegalArgumentException("\"" + text + "\" (expected: " + expected + ")");
    }

    private static long parseLong(String text, String expected) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw unexpected(text, expected);
        }
    }

    private static long bounded(long value, long min, long max, String text, String expected) {
        if (value < min || value > max) {
            throw unexpected(text, expected);
        }
        return value;
    }

    private static Path parsePath(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw unexpected(text, "a path");
        }
    }

    private static <E extends Enum<E>> String enumNames(Class<E> type) {
        return String.join(
                ", ",
                Arrays.stream(type.getEnumConstants())
                        .map(ConfigurationSection::enumName)
                        .toList());
    }

    private static String enumName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
