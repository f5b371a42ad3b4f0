// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;
import java.security.MessageDigest;
import java.util.List;

/**
 * The hash of a segment's data, HoD. Version 1.0: over the block hashes of the whole segment; version 2.0: over the
 * segment itself, and so also the hash of its only block. As many octets as the hash algorithm's digest. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class HashOfData extends OctetString {
    private HashOfData(byte[] octets) {
        super(octets);
    }

    private HashOfData(byte[] source, int offset, int length) {
        super(source, offset, length);
    }

    /** A copy of {@code length} octets of {@code source} from {@code offset} on. */
    static HashOfData copyOf(byte[] source, int offset, int length) {
        return new HashOfData(source, offset, length);
    }

    /** Wraps a copy of {@code octets}. */
    public static HashOfData of(byte[] octets) {
        return new HashOfData(octets);
    }

    /** The version 1.0 hash over the hashes of all blocks of a segment, in order. */
    public static HashOfData ofBlockHashes(HashAlgorithm hashAlgorithm, List<BlockHash> blockHashes) {
        MessageDigest digest = hashAlgorithm.newDigest();
        for (BlockHash blockHash : blockHashes) {
            hashAlgorithm.requireDigestBytes("block hash", blockHash.length());
            digest.update(blockHash.asByteBuffer());
        }
        return new HashOfData(hashAlgorithm.finish(digest));
    }
}
