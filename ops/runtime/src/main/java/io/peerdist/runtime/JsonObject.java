// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object under construction. Members come out in the order they were put. What is put later into a nested object or
 * array is not seen: nest finished ones. Not thread-safe.
 */
public final class JsonObject {
    private final StringBuilder text = new StringBuilder("{");
    private final Set<String> names = new LinkedHashSet<>();

    /** Null becomes JSON's {@code null}. */
    public JsonObject put(String name, @Nullable String value) {
        JsonText.appendString(member(name), value);
        return this;
    }

    public JsonObject put(String name, long value) {
        member(name).append(value);
        return this;
    }

    /** What JSON cannot say (NaN, infinities) becomes {@code null}. */
    public JsonObject put(String name, double value) {
        JsonText.appendDouble(member(name), value);
        return this;
    }

    public JsonObject put(String name, boolean value) {
        member(name).append(value);
        return this;
    }

    public JsonObject put(String name, JsonObject value) {
        member(name).append(value);
        return this;
    }

    public JsonObject put(String name, JsonArray value) {
        member(name).append(value);
        return this;
    }

    private StringBuilder member(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("name: " + name + " (expected: each name once)");
        }
        if (names.size() > 1) {
            text.append(',');
        }
        JsonText.appendString(text, name);
        return text.append(':');
    }

    /** The JSON text, on one line. */
    @Override
    public String toString() {
        return text + "}";
    }
}
