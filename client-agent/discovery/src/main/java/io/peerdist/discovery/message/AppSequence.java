// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

/**
 * The place of a message among those of its sender, {@code AppSequence}.
 *
 * @param instanceId rises with each start of the sender, 0 to 2^32 - 1; usually its start in seconds of Unix time
 * @param messageNumber counts the messages of the instance from 1 on, up to 2^32 - 1
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.6, 2.2.3.7</a>
 */
public record AppSequence(long instanceId, long messageNumber) {
    /** The highest value of either number. */
    public static final long MAX = 0xFFFF_FFFFL;

    /** Throws {@link IllegalArgumentException} for numbers outside their range. */
    public AppSequence {
        if ((instanceId & MAX) != instanceId || (messageNumber & MAX) != messageNumber) {
            throw new IllegalArgumentException(
                    "application sequence: " + instanceId + ", " + messageNumber + " (expected: 0 to 4294967295 each)");
        }
    }
}
