/**
 * What {@code ops/benchmarks/run} gives the daemons to do: a store filled with blocks, with the same bytes as files for
 * the servers it is compared with.
 */
@NullMarked
package io.peerdist.benchmarks.load;

import org.jspecify.annotations.NullMarked;
