// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import org.jspecify.annotations.Nullable;

/** A JSON array under construction; see {@link JsonObject}. Not thread-safe. */
public final class JsonArray {
    private final StringBuilder text = new StringBuilder("[");

    /** Null becomes JSON's {@code null}. */
    public JsonArray add(@Nullable String value) {
        JsonText.appendString(element(), value);
        return this;
    }

    public JsonArray add(long value) {
        element().append(value);
        return this;
    }

    /** What JSON cannot say (NaN, infinities) becomes {@code null}. */
    public JsonArray add(double value) {
        JsonText.appendDouble(element(), value);
        return this;
    }

    public JsonArray add(boolean value) {
        element().append(value);
        return this;
    }

    public JsonArray add(JsonObject value) {
        element().append(value);
        return this;
    }

    public JsonArray add(JsonArray value) {
        element().append(value);
        return this;
    }

    private StringBuilder element() {
        return text.length() > 1 ? text.append(',') : text;
    }

    /** The JSON text, on one line. */
    @Override
    public String toString() {
        return text + "]";
    }
}
