/** How long messages (MS-PCCRR) and content information (MS-PCCRC) take to read and to write. */
@NullMarked
package io.peerdist.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
