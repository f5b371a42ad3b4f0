// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.digest;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * SHA-512 by the system's OpenSSL. Octets in the heap pass through a piece of memory that stays in the processor's first
 * cache, for a native function cannot look into the heap; those in direct buffers are hashed where they lie. Once made,
 * without garbage but for direct buffers. Belongs to one thread at a time.
 */
final class OpenSslSha512 extends MessageDigest {
    private static final int DIGEST_BYTES = 64;
    private static final int CHUNK_BYTES = 16 * 1024;

    /** The context, then the digest, then octets that were not handed over yet; freed with this object. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(LibCrypto.CONTEXT_BYTES + DIGEST_BYTES + CHUNK_BYTES);

    private final ByteBuffer chunk;
    private final long context;
    private final long digest;
    private final long chunkAddress;

    OpenSslSha512() {
        super("SHA-512");
        context = address(memory);
        digest = context + LibCrypto.CONTEXT_BYTES;
        chunkAddress = digest + DIGEST_BYTES;
        chunk = memory.slice(LibCrypto.CONTEXT_BYTES + DIGEST_BYTES, CHUNK_BYTES);
        begin();
    }

    private static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    @Override
    protected int engineGetDigestLength() {
        return DIGEST_BYTES;
    }

    @Override
    protected void engineUpdate(byte input) {
        makeRoom();
        chunk.put(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        int at = offset;
        int left = length;
        while (left > 0) {
            makeRoom();
            int step = Math.min(left, chunk.remaining());
            chunk.put(input, at, step);
            at += step;
            left -= step;
        }
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        if (input.isDirect() && input.hasRemaining()) {
            flush();
            try {
                update(address(input) + input.position(), input.remaining());
            } finally {
                Reference.reachabilityFence(input);
            }
            input.position(input.limit());
        } else {
            while (input.hasRemaining()) {
                makeRoom();
                int step = Math.min(input.remaining(), chunk.remaining());
                chunk.put(chunk.position(), input, input.position(), step);
                chunk.position(chunk.position() + step);
                input.position(input.position() + step);
            }
        }
    }

    @Override
    protected byte[] engineDigest() {
        byte[] result = new byte[DIGEST_BYTES];
        finish(result, 0);
        return result;
    }

    @Override
    protected int engineDigest(byte[] target, int offset, int length) throws DigestException {
        if (length < DIGEST_BYTES || target.length - offset < DIGEST_BYTES) {
            throw new DigestException("room: " + length + " octets (expected: at least " + DIGEST_BYTES + ")");
        }
        finish(target, offset);
        return DIGEST_BYTES;
    }

    @Override
    protected void engineReset() {
        begin();
    }

    private void begin() {
        chunk.clear();
        try {
            require(LibCrypto.SHA512_Init(context), "SHA512_Init");
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void finish(byte[] target, int offset) {
        flush();
        require(LibCrypto.SHA512_Final(digest, context), "SHA512_Final");
        memory.get(LibCrypto.CONTEXT_BYTES, target, offset, DIGEST_BYTES);
        begin();
    }

    private void makeRoom() {
        if (!chunk.hasRemaining()) {
            flush();
        }
    }

    private void flush() {
        if (chunk.position() > 0) {
            update(chunkAddress, chunk.position());
            chunk.clear();
        }
    }

    private void update(long address, int length) {
        try {
            require(LibCrypto.SHA512_Update(context, address, length), "SHA512_Update");
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static void require(int success, String function) {
        if (success != 1) {
            throw new IllegalStateException(function + ": " + success + " (expected: 1)");
        }
    }
}
