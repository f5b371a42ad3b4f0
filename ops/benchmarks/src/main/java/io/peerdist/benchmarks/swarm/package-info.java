// SPDX-License-Identifier: Apache-2.0
/** Many agents of one branch that fetch the same file at once, and the line to the origin that they share. */
@NullMarked
package io.peerdist.benchmarks.swarm;

import org.jspecify.annotations.NullMarked;
