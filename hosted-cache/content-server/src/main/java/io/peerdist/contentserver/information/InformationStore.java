// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import org.jspecify.annotations.Nullable;

/** Where encoded content information rests between runs. Thread-safe; both methods may touch the disk. */
public interface InformationStore {
    /** The value kept under {@code key}; null if there is none, or if it cannot be read any more. */
    byte @Nullable [] get(byte[] key);

    /** Keeps {@code value} under {@code key} as far as possible: what is lost is only made again. */
    void put(byte[] key, byte[] value);
}
