// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

/** What became of one offered segment. */
enum OfferResult {
    /** Will be pulled from the peer that offered it. */
    QUEUED("queued"),
    /** Every block is held. */
    HELD("held"),
    /** Version 1.0: the client is asked for the block hashes. */
    INTERESTED("interested"),
    /** Is about to be pulled from another peer; this one is remembered in case that one fails. */
    REMEMBERED("remembered"),
    /** Is about to be pulled, and this peer, or as many peers as are remembered, offered it before. */
    DUPLICATE("duplicate"),
    /** Dropped: as many segments wait as may. */
    QUEUE_FULL("queue_full"),
    /** Dropped: as many segments of this address wait as may, or it offers from too many ports. */
    ADDRESS_FULL("address_full"),
    /** Dropped: as many octets of this client's offers wait as may. */
    CLIENT_BYTES("client_bytes"),
    /** Dropped: the peer did not answer before, and is left out for a while. */
    LEFT_OUT("left_out"),
    /** Dropped: nothing can be pulled by its descriptor or description. */
    IGNORED("ignored"),
    /** Dropped: the block hashes of its description do not have the hash of data that its identifier comes from. */
    DISPROVED("disproved"),
    /** Dropped: the cache is stopping. */
    STOPPED("stopped");

    private final String label;

    OfferResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
