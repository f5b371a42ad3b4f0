// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Values that were given as command-line options; they win over the file. Not thread-safe. */
public final class SettingOverrides {
    private final Map<String, OptionValue> overrides = new LinkedHashMap<>();

    /** A value and the option that brought it. */
    record OptionValue(String option, List<String> values) {}

    /** Nothing given. */
    public static SettingOverrides none() {
        return new SettingOverrides();
    }

    /**
     * Sets {@code section.key}, or {@code section.section.key} of a section within a section, unless {@code value} is null:
     * then the option was not given and the file counts.
     *
     * @param option as the user typed it, for messages: {@code --cache-size}
     */
    public SettingOverrides put(String sectionAndKey, String option, @Nullable Object value) {
        if (value != null) {
            overrides.put(sectionAndKey, new OptionValue(option, List.of(value.toString())));
        }
        return this;
    }

    /** Sets a list, unless it is empty. */
    public SettingOverrides putAll(String sectionAndKey, String option, List<?> values) {
        if (!values.isEmpty()) {
            overrides.put(
                    sectionAndKey,
                    new OptionValue(
                            option, values.stream().map(Object::toString).toList()));
        }
        return this;
    }

    @Nullable
    OptionValue get(String section, String key) {
        return overrides.get(section + "." + key);
    }

    /** The keys that were set of a section, and of the sections within it with dots: {@code tls.certificate}. */
    Set<String> keys(String section) {
        Set<String> keys = new TreeSet<>();
        for (String name : overrides.keySet()) {
            if (name.startsWith(section + ".")) {
                keys.add(name.substring(section.length() + 1));
            }
        }
        return keys;
    }
}
