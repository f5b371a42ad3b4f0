// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

/** A message of the discovery protocol. Immutable. */
public sealed interface DiscoveryMessage permits Probe, ProbeMatches {
    /** The longest identifier of a message; a {@code urn:uuid:} has 45 characters. */
    int MAX_MESSAGE_ID_CHARACTERS = 256;

    /** What is unique to this message: printable ASCII without blanks, 1 to {@link #MAX_MESSAGE_ID_CHARACTERS}. */
    String messageId();

    /** Whether {@code text} can be the identifier of a message. */
    static boolean isMessageId(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_MESSAGE_ID_CHARACTERS
                && text.chars().allMatch(each -> each > ' ' && each < 0x7F);
    }

    /** Throws {@link IllegalArgumentException} for what cannot be the identifier of a message. */
    static void requireMessageId(String name, String text) {
        if (!isMessageId(text)) {
            throw new IllegalArgumentException(
                    name + ": " + text.length() + " characters (expected: 1 to 256 of printable ASCII)");
        }
    }
}
