// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

/** Where a client looks for blocks before it asks the origin. */
enum Mode {
    /** In its own cache. */
    LOCAL,
    /** In its own cache and in hosted caches. */
    HOSTED,
    /** Wherever it can. */
    AUTO
}
