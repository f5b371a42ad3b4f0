// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.digest;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.List;

/**
 * Three functions of the system's OpenSSL. They keep all state in memory of the caller, so nothing is to be freed.
 *
 * @see <a href="https://docs.openssl.org/3.0/man3/SHA256_Init/">SHA512_Init, SHA512_Update, SHA512_Final</a>
 */
@SuppressWarnings("MemberName") // the functions are found by these names
final class LibCrypto {
    /** A {@code SHA512_CTX} has 216 octets in all versions with these functions. */
    static final int CONTEXT_BYTES = 256;

    /** By the names that distributions ship for running programs, the newest first. */
    static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");

    private LibCrypto() {}

    /** Loads the first of these libraries that fits and returns its name; throws {@link LinkageError} when none does. */
    static String load(List<String> names) {
        UnsatisfiedLinkError missing = new UnsatisfiedLinkError("no library of " + names);
        for (String name : names) {
            try {
                Native.register(LibCrypto.class, NativeLibrary.getInstance(name));
                return name;
            } catch (UnsatisfiedLinkError e) {
                missing.addSuppressed(e);
            }
        }
        throw missing;
    }

    /** Begins a digest in the context at an address; 1 if it did. */
    static native int SHA512_Init(long context);

    /** Goes on with {@code length} octets at an address. */
    static native int SHA512_Update(long context, long data, long length);

    /** Writes 64 octets to an address. */
    static native int SHA512_Final(long digest, long context);
}
