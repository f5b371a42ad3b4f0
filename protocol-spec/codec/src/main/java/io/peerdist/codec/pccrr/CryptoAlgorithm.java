// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import org.jspecify.annotations.Nullable;

/**
 * How a block is encrypted on the wire and at rest, {@code CryptoAlgoId}. The AES key is the first {@link #keyBytes()}
 * octets of the segment secret.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.3</a>
 */
public enum CryptoAlgorithm {
    /** No encryption. */
    NONE(0, 0),
    /** AES, 128-bit key, CBC. */
    AES_128(1, 16),
    /** AES, 192-bit key, CBC. */
    AES_192(2, 24),
    /** AES, 256-bit key, CBC. */
    AES_256(3, 32);

    private static final CryptoAlgorithm[] BY_ID = values();

    private final int id;
    private final int keyBytes;

    CryptoAlgorithm(int id, int keyBytes) {
        this.id = id;
        this.keyBytes = keyBytes;
    }

    /** The value on the wire, 0 to 3. */
    public int id() {
        return id;
    }

    /** The key's length; 0 for no encryption. */
    public int keyBytes() {
        return keyBytes;
    }

    /** The algorithm with this value on the wire, or null when there is none. */
    public static @Nullable CryptoAlgorithm ofId(long id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[(int) id] : null;
    }
}
