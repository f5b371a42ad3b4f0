// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@code peerdist get --json} says at its end. */
final class FetchJson {
    private FetchJson() {}

    static Fetch parse(List<String> lines) {
        Map<?, ?> summary;
        try {
            summary = JsonReader.object(String.join("\n", lines));
        } catch (IllegalArgumentException e) {
            throw unreadable(e.getMessage());
        }
        if (!(summary.get("bytesBySource") instanceof Map<?, ?> bytes)) {
            throw unreadable("it has no bytesBySource");
        }
        return new Fetch(
                number(bytes, "contentInformation"),
                number(bytes, "origin"),
                number(bytes, "hostedCache"),
                number(bytes, "peer"),
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
