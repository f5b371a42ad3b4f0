// SPDX-License-Identifier: Apache-2.0
/**
 * Hash functions quicker than the Java platform's, where the machine has them. Entry type:
 * {@link io.peerdist.runtime.digest.Digests}.
 */
@NullMarked
package io.peerdist.runtime.digest;

import org.jspecify.annotations.NullMarked;
