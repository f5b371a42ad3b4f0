// SPDX-License-Identifier: Apache-2.0
/**
 * Octets in, content information out: one pass over a file yields both versions of MS-PCCRC (sections 2.1 to 2.4). Entry
 * type: {@link io.peerdist.contentserver.hashing.HashingPipeline}.
 */
@NullMarked
package io.peerdist.contentserver.hashing;

import org.jspecify.annotations.NullMarked;
