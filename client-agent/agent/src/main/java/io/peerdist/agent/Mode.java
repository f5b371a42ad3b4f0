// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

/** Where a client looks for blocks before it asks the origin. */
public enum Mode {
    /** In its own cache. */
    LOCAL,
    /** In its own cache and in hosted caches. */
    HOSTED,
    /** In its own cache and at peers of its subnets. */
    DISTRIBUTED,
    /** Wherever it can. */
    AUTO;

    /** Whether hosted caches are asked, and offered what came from elsewhere. */
    public boolean usesHostedCaches() {
        return this == HOSTED || this == AUTO;
    }

    /** Whether peers are looked for, and served. */
    public boolean usesPeers() {
        return this == DISTRIBUTED || this == AUTO;
    }
}
