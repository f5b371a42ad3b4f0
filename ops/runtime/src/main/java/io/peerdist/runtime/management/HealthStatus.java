// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

/**
 * What a health check found.
 *
 * @param detail for the operator: a few words, never a secret
 */
public record HealthStatus(boolean up, String detail) {
    public static HealthStatus up(String detail) {
        return new HealthStatus(true, detail);
    }

    public static HealthStatus down(String detail) {
        return new HealthStatus(false, detail);
    }
}
