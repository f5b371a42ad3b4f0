// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

/** What becomes of an offered segment that the manifest does not list, and so cannot be verified. */
public enum Unlisted {
    /** It is pulled and stored unchecked, as without a manifest. */
    STORE,
    /** It is not pulled. */
    REFUSE
}
