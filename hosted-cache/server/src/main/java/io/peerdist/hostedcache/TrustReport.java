// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.hostedcache.trust.SubscriptionStatus;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.management.HealthStatus;
import java.util.Optional;

/** What the management port shows of manifest and quarantine. */
final class TrustReport {
    private TrustReport() {}

    static JsonObject manifest(SubscriptionStatus status) {
        return new JsonObject()
                .put("summary", status.summary())
                .put("feed", status.feed())
                .put("after", status.after())
                .put("head", status.head())
                .put("segments", status.segments())
                .put("lastSuccess", status.lastSuccess().map(Object::toString).orElse(null))
                .put("failures", status.failures())
                .put("problem", status.problem());
    }

    static JsonObject quarantine(Quarantine quarantine) {
        JsonObject report = new JsonObject().put("segments", quarantine.segments());
        for (QuarantineResult result : QuarantineResult.values()) {
            report.put(result.label(), quarantine.count(result));
        }
        return report;
    }

    /** A cache that hears no news goes on with what it knows, so it is never down for that. */
    static HealthStatus health(Optional<SubscriptionStatus> status) {
        return HealthStatus.up(status.map(SubscriptionStatus::summary).orElse("none"));
    }
}
