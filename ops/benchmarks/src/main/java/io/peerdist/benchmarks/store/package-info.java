/** How long the block store takes to put a block, to find one, and to say that it has none. */
@NullMarked
package io.peerdist.benchmarks.store;

import org.jspecify.annotations.NullMarked;
