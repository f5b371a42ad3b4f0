/** How fast blocks are encrypted and decrypted (MS-PCCRR 2.2.3). */
@NullMarked
package io.peerdist.benchmarks.encryption;

import org.jspecify.annotations.NullMarked;
