// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

/** What became of a segment that a client offered which had been served it: the label of the metric. */
enum QuarantineResult {
    /** It could not be verified and was pulled anew, and what came was stored instead. */
    REPLACED("replaced"),
    /** It could not be verified, and pulling it anew failed: what was stored is served again. */
    LIFTED("lifted"),
    /** Its key is known, and every stored block has its hash. */
    VERIFIED("verified"),
    /** Its key is known; stored blocks that did not have their hash were removed. */
    REPAIRED("repaired"),
    /** The client has had its share of doubts, or too many segments are in quarantine: it is served as before. */
    LIMITED("limited");

    private final String label;

    QuarantineResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
