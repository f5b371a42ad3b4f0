// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads what {@code peerdist get --json} says at its end. JSON is a part of YAML 1.2, so the YAML reader takes it. */
final class FetchJson {
    private FetchJson() {}

    static Fetch parse(List<String> lines) {
        Object document;
        try {
            document = new Load(LoadSettings.builder().build()).loadFromString(String.join("\n", lines));
        } catch (YamlEngineException e) {
            throw unreadable(e.getMessage());
        }
        Object sources = document instanceof Map<?, ?> summary ? summary.get("bytesBySource") : null;
        if (!(sources instanceof Map<?, ?> bytes) || !(document instanceof Map<?, ?> summary)) {
            throw unreadable("it has no bytesBySource");
        }
        return new Fetch(
                number(bytes, "contentInformation"),
                number(bytes, "origin"),
                number(bytes, "hostedCache"),
                number(bytes, "localCache") + number(bytes, "partialFile"),
                number(summary, "durationMillis"));
    }

    private static long number(Map<?, ?> object, String key) {
        Object value = object.get(key);
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw unreadable(key + ": " + value + " (expected: a number)");
    }

    private static FailureException unreadable(@Nullable String reason) {
        return new FailureException(ExitCode.INTERNAL, "cannot read the summary of peerdist get: " + reason);
    }
}
