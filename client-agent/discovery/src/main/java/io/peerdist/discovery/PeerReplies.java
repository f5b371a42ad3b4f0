// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/**
 * How many peers answered when this machine looked for a segment, which decides whether one more is needed.
 *
 * @param any all that answered
 * @param complete those of them that held every block
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2.4.1, note 8</a>
 */
public record PeerReplies(int any, int complete) {
    /** Nobody was asked, or nobody answered. */
    public static final PeerReplies NONE = new PeerReplies(0, 0);

    /** Throws {@link IllegalArgumentException} for negative numbers, or more complete ones than there were. */
    public PeerReplies {
        if (complete < 0 || any < complete) {
            throw new IllegalArgumentException(
                    "replies: " + any + ", complete: " + complete + " (expected: 0 to all of them)");
        }
    }
}
