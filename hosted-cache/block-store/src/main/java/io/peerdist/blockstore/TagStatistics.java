// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;

/**
 * What a store holds of the content that one component of clients has offered.
 *
 * @param component as the content tags of the segments name it
 * @param segments segments of which at least one block is held
 * @param bytes octets of ciphertext held
 */
public record TagStatistics(ContentComponent component, long segments, long bytes) {}
