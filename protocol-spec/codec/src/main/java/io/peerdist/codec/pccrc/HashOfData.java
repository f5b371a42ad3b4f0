// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;

/**
 * The hash of a segment's data, HoD. Version 1.0: over the block hashes of the whole segment; version 2.0: over the segment itself, and so also the hash of its only block.
 * As many octets as the hash algorithm's digest. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class HashOfData extends OctetString {
    private HashOfData(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}. */
    public static HashOfData of(byte[] octets) {
        return new HashOfData(octets);
    }
}
