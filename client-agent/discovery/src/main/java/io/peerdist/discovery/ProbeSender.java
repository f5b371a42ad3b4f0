// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** Sends datagrams to all peers of all subnets. */
@FunctionalInterface
interface ProbeSender {
    /** Sends on every network; to nobody when there is none. */
    void sendToAll(byte[] datagram);
}
