// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

/**
 * Finds where the segments of version 2.0 content information end. MS-PCCRC leaves the choice to the server; this one
 * cuts where the content says so, so that an insertion moves only the cuts near it and two versions of a file share
 * most of their segments. The same content gives the same cuts however it is handed over. Not thread-safe.
 *
 * <h2>How a cut is found</h2>
 *
 * A gear hash rolls over the last 64 octets: shift left by one, add a random constant for the octet that comes in. A cut
 * lies behind an octet after which the topmost bits of the hash, which depend on the whole window, are all zero. No cut
 * lies before 32 KiB, so the octets that no window at 32 KiB reaches are not hashed at all. Up to 96 KiB it takes 18 zero
 * bits, from there on 15: most segments then end soon after 96 KiB. The cut at 128 KiB is forced. On random content that
 * makes about 104 KiB; small segments would cost clients more discovery traffic than they save.
 *
 * <p>Every constant here is part of the answer a server gives: a change makes other segments of the same file, so it needs
 * another {@link #PARAMETERS_VERSION}.
 *
 * @see <a href="https://www.usenix.org/conference/atc16/technical-sessions/presentation/xia">FastCDC, USENIX ATC 2016</a>
 */
final class SegmentChunker {
    /** Names this set of constants in the keys of kept content information. */
    static final int PARAMETERS_VERSION = 1;

    static final int MIN_SEGMENT_BYTES = 32 * 1024;
    static final int NORMAL_SEGMENT_BYTES = 96 * 1024;
    static final int MAX_SEGMENT_BYTES = 128 * 1024; // MS-PCCRC 2.4: the largest segment of version 2.0

    /** The gear hash forgets an octet after as many shifts as it has bits. */
    private static final int WINDOW_BYTES = Long.SIZE;

    private static final int UNHASHED_BYTES = MIN_SEGMENT_BYTES - WINDOW_BYTES;

    private static final long EARLY_MASK = topBits(18);
    private static final long LATE_MASK = topBits(15);

    private static final long GEAR_SEED = 0x5065657244697374L; // "PeerDist"
    private static final long[] GEAR = gear();

    private int openBytes;
    private long hash;

    /**
     * Goes on with the octets of {@code content} from {@code from} to before {@code to}.
     *
     * @return the index behind the last octet of the segment that ends here, from where to go on; -1 if none does
     */
    int next(byte[] content, int from, int to) {
        int begin = from - openBytes; // where the open segment begins, seen from this array: may be negative
        int at = clamp(begin + UNHASHED_BYTES, from, to);
        int warmEnd = clamp(begin + MIN_SEGMENT_BYTES - 1, at, to);
        int earlyEnd = clamp(begin + NORMAL_SEGMENT_BYTES - 1, warmEnd, to);
        int lateEnd = clamp(begin + MAX_SEGMENT_BYTES, earlyEnd, to);
        long rolling = hash;
        while (at < warmEnd) {
            rolling = (rolling << 1) + GEAR[content[at++] & 0xFF];
        }
        while (at < earlyEnd) {
            rolling = (rolling << 1) + GEAR[content[at++] & 0xFF];
            if ((rolling & EARLY_MASK) == 0) {
                return cut(at);
            }
        }
        while (at < lateEnd) {
            rolling = (rolling << 1) + GEAR[content[at++] & 0xFF];
            if ((rolling & LATE_MASK) == 0) {
                return cut(at);
            }
        }
        if (at - begin == MAX_SEGMENT_BYTES) {
            return cut(at);
        }
        openBytes = at - begin;
        hash = rolling;
        return -1;
    }

    private int cut(int at) {
        openBytes = 0;
        hash = 0;
        return at;
    }

    private static int clamp(int value, int min, int max) {
        return Math.min(Math.max(value, min), max);
    }

    private static long topBits(int count) {
        return -1L << (Long.SIZE - count);
    }

    /** SplitMix64 from a fixed seed: the same table in every process, now and later. */
    private static long[] gear() {
        long[] table = new long[256];
        long state = GEAR_SEED;
        for (int i = 0; i < table.length; i++) {
            state += 0x9E3779B97F4A7C15L;
            long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            table[i] = mixed ^ (mixed >>> 31);
        }
        return table;
    }
}
