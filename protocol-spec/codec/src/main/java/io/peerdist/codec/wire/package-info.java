// SPDX-License-Identifier: Apache-2.0
/**
 * Bounded reading and writing of fixed-width fields, and the one exception that decoders throw.
 */
@NullMarked
package io.peerdist.codec.wire;

import org.jspecify.annotations.NullMarked;
