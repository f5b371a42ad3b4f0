// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** What became of a probe of this machine. */
enum SentProbe {
    /** At least one peer answered in time. */
    ANSWERED,
    /** Nobody did. */
    UNANSWERED,
    /** Not sent, as nobody has answered for a while and the last one is not long ago. */
    SKIPPED,
    /** Not sent, as too many are open. */
    OVERLOAD
}
