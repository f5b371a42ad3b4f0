// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a hosted cache learns the secret and the hashes of a segment from. What is pulled of a segment that is known here
 * is decrypted and checked before it is stored (MS-PCCRC 2.2). Thread-safe.
 */
@FunctionalInterface
public interface SegmentKeys {
    /** Knows no segment: what version 2.0 offers bring is stored as it comes. */
    SegmentKeys NONE = id -> null;

    /** The description of {@code id}, or null when it is not known. May block: it is asked on a worker. */
    @Nullable
    SegmentDescription find(SegmentId id);

    /** Whether a segment that is not known may become known by waiting for {@link #refreshed}. */
    default boolean mayLearn() {
        return false;
    }

    /** Complete, after a short and bounded wait, when what is new has been looked for since this call. Never fails. */
    default CompletableFuture<Void> refreshed() {
        return CompletableFuture.completedFuture(null);
    }

    /** Whether segments that are not known may be stored unchecked. */
    default boolean storesUnlisted() {
        return true;
    }
}
