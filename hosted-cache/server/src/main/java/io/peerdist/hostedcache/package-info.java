// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCHC hosted cache: offers in, blocks pulled, the branch served.
 */
@NullMarked
package io.peerdist.hostedcache;

import org.jspecify.annotations.NullMarked;
