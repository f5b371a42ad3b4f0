// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

/** What a daemon shows on its management port. */
public record ManagementContent(HealthChecks health, ManagementRoutes routes, StatusPage page) {
    /** Nothing yet; {@code title} is what the daemon calls itself, for example {@code peerdist hosted-cache}. */
    public static ManagementContent of(String title) {
        return new ManagementContent(new HealthChecks(), new ManagementRoutes(), new StatusPage(title));
    }
}
