// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.hostedcache.trust.ManifestSubscription;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The keys that a content server's manifest lists. */
record ListedKeys(ManifestSubscription subscription) implements SegmentKeys {
    @Override
    public @Nullable SegmentDescription find(SegmentId id) {
        return subscription.find(id);
    }

    @Override
    public boolean mayLearn() {
        return true;
    }

    @Override
    public CompletableFuture<Void> refreshed() {
        return subscription.refreshed();
    }

    @Override
    public boolean storesUnlisted() {
        return subscription.storesUnlisted();
    }
}
