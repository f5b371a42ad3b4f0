// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.runtime.digest.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Holds a file against the checksum it must have: a stream as its bytes pass, a file, which is written in any order, when it
 * is complete. For one download.
 */
final class ChecksumCheck {
    private final Checksum expected;
    private final MessageDigest digest;

    ChecksumCheck(Checksum expected) {
        this.expected = expected;
        this.digest = Digests.newDigest(expected.algorithm().standardName());
    }

    /** The stream whose bytes are looked at on their way to {@code stream}. */
    OutputStream observed(OutputStream stream) {
        return new DigestOutputStream(stream, digest);
    }

    /** What is wrong with the complete file; null when it is the one that was wanted. To be called once. */
    @Nullable
    String fault(DownloadOutput output, long fileBytes) throws IOException {
        if (output instanceof PartFile part) {
            part.digest(digest, fileBytes);
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        return actual.equals(expected.hex())
                ? null
                : "its " + expected.algorithm().standardName() + " is " + actual + " (expected: " + expected.hex()
                        + ")";
    }
}
