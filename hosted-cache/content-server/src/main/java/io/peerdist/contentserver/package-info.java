// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRTP server: files as bytes or as content information.
 */
@NullMarked
package io.peerdist.contentserver;

import org.jspecify.annotations.NullMarked;
