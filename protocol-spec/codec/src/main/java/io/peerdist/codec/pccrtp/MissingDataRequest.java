// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

/**
 * What {@code MissingDataRequest} says: the client asks for the data itself, as no peer had it.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 2.2</a>
 */
public enum MissingDataRequest {
    /** Not there. */
    ABSENT,
    /** {@code true}: send the data. */
    TRUE,
    /** {@code false}: outside the grammar, and taken for absent. */
    FALSE,
    /** Any other value: outside the grammar; the data is the safe answer. */
    OTHER
}
