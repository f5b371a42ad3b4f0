// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import java.time.Duration;

/**
 * How long a request may wait for a file to be hashed before it gets the bytes instead.
 *
 * @param hashWait of a first request; zero means to send the bytes at once, as Windows does
 * @param hashRequestWait of a request with {@code HashRequest=true}, which has no use for the bytes
 */
public record OriginSettings(Duration hashWait, Duration hashRequestWait) {
    public OriginSettings {
        if (hashWait.isNegative() || hashRequestWait.isNegative()) {
            throw new IllegalArgumentException(
                    "waits: " + hashWait + ", " + hashRequestWait + " (expected: at least 0)");
        }
    }
}
