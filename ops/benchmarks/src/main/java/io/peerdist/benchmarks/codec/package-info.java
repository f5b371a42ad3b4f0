/** How long the messages of the retrieval protocol (MS-PCCRR) take to read and to write. */
@NullMarked
package io.peerdist.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
