// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;

/**
 * What memory knows of a held block.
 *
 * @param component as the content tag of its segment names it
 * @param ciphertextBytes octets of ciphertext
 */
public record HeldBlock(ContentComponent component, int ciphertextBytes) {}
