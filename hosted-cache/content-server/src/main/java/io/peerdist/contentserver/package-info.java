// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRTP server: files as bytes or as content information. Entry type: {@link io.peerdist.contentserver.ContentServer}.
 */
@NullMarked
package io.peerdist.contentserver;

import org.jspecify.annotations.NullMarked;
