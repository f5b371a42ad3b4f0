// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;

/**
 * The hash of one block of a version 1.0 segment.
 * As many octets as the hash algorithm's digest. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class BlockHash extends OctetString {
    private BlockHash(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}. */
    public static BlockHash of(byte[] octets) {
        return new BlockHash(octets);
    }
}
