/** How fast content is hashed (MS-PCCRC 2.2), and what it takes beside the digest alone. */
@NullMarked
package io.peerdist.benchmarks.hashing;

import org.jspecify.annotations.NullMarked;
