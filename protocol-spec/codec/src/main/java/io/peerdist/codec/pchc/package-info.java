// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCHC: the offers a client makes to a hosted cache, and their answer.
 */
@NullMarked
package io.peerdist.codec.pchc;

import org.jspecify.annotations.NullMarked;
