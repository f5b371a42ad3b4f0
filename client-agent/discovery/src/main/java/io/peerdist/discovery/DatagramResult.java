// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** What became of a datagram before anyone looked at what it says. */
enum DatagramResult {
    /** A message, given to one of the roles. */
    TAKEN,
    /** Longer than any message. */
    OVERSIZE,
    /** From no subnet of the chosen interfaces. */
    OFF_SUBNET,
    /** Too many from this source. */
    SOURCE_LIMIT,
    /** Too many in all. */
    OVERALL_LIMIT,
    /** Of another service on the same port. */
    OTHER_SERVICE,
    /** Breaks the format. */
    MALFORMED
}
