// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import java.util.Locale;
import java.util.regex.Pattern;

/** Chooses between the two text formats that Prometheus reads. */
final class MetricsFormat {
    static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern REFUSED = Pattern.compile(";\\s*q=0(\\.0*)?\\s*(;.*)?$");

    private MetricsFormat() {}

    /** The content type for a client that sent {@code accept}; text 0.0.4 unless it asks for OpenMetrics. */
    static String choose(String accept) {
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            if (range.trim().startsWith("application/openmetrics-text")
                    && !REFUSED.matcher(range).find()) {
                return OPEN_METRICS;
            }
        }
        return TEXT;
    }
}
