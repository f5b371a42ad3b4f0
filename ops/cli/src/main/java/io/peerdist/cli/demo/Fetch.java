// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

/**
 * What one agent fetched, summed over its files.
 *
 * @param contentInformationBytes octets of content information from the content server
 * @param originBytes octets of payload from the content server
 * @param hostedCacheBytes octets of payload from the hosted cache
 * @param peerBytes octets of payload from other agents
 * @param otherBytes octets of payload from elsewhere (the agent's own cache: equal blocks in one tree)
 * @param millis time spent fetching, without the programs' start
 */
record Fetch(
        long contentInformationBytes,
        long originBytes,
        long hostedCacheBytes,
        long peerBytes,
        long otherBytes,
        long millis) {
    static final Fetch NOTHING = new Fetch(0, 0, 0, 0, 0, 0);

    Fetch plus(Fetch other) {
        return new Fetch(
                contentInformationBytes + other.contentInformationBytes,
                originBytes + other.originBytes,
                hostedCacheBytes + other.hostedCacheBytes,
                peerBytes + other.peerBytes,
                otherBytes + other.otherBytes,
                millis + other.millis);
    }

    long wanBytes() {
        return contentInformationBytes + originBytes;
    }

    long payloadBytes() {
        return originBytes + hostedCacheBytes + peerBytes + otherBytes;
    }
}
