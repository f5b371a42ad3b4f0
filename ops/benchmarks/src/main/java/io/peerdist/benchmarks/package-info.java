/**
 * What one part takes by itself, as JMH benchmarks in a package for each area; and what {@code ops/benchmarks/run} needs
 * for comparing the whole with other servers. Nothing here is shipped, and nothing depends on it.
 */
@NullMarked
package io.peerdist.benchmarks;

import org.jspecify.annotations.NullMarked;
