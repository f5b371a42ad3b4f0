// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRC: content information, versions 1.0 and 2.0, and the keys and identifiers derived from it.
 */
@NullMarked
package io.peerdist.codec.pccrc;

import org.jspecify.annotations.NullMarked;
