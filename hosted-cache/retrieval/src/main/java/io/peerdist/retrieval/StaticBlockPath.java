// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRange;
import org.jspecify.annotations.Nullable;

/**
 * Where a block stands in the static form: {@code /<first two digits of the id>/<id>-<block>.blk}, the id in lower-case
 * hexadecimal digits, the index in decimal. There is one way to write it and no other is accepted, so that a cache in front,
 * a file tree and this server always mean the same block.
 *
 * @param segmentId 32, 48 or 64 octets
 * @param blockIndex 0 to 511
 */
record StaticBlockPath(SegmentId segmentId, int blockIndex) {
    private static final String SUFFIX = ".blk";
    private static final int PREFIX_DIGITS = 2;
    private static final int ID_START = 1 + PREFIX_DIGITS + 1;
    private static final int MAX_INDEX_DIGITS = 3;

    /** The block that {@code target}, a request target, stands for; null when it is written in any other way. */
    static @Nullable StaticBlockPath parse(String target) {
        int start = RequestPath.originStart(target);
        int idStart = start + ID_START;
        int dash = target.indexOf('-', idStart);
        int indexEnd = target.length() - SUFFIX.length();
        if (dash < 0
                || !isIdLength(dash - idStart)
                || !target.endsWith(SUFFIX)
                || target.charAt(start) != '/'
                || target.charAt(idStart - 1) != '/'
                || !target.regionMatches(start + 1, target, idStart, PREFIX_DIGITS)) {
            return null;
        }
        String id = target.substring(idStart, dash);
        int index = index(target, dash + 1, indexEnd);
        return index >= 0 && isLowerCaseHex(id) ? new StaticBlockPath(SegmentId.ofHex(id), index) : null;
    }

    private static boolean isIdLength(int digits) {
        return digits == 64 || digits == 96 || digits == 128;
    }

    private static boolean isLowerCaseHex(String text) {
        return text.chars().allMatch(c -> isDigit(c) || (c >= 'a' && c <= 'f'));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** The decimal number from {@code start} to {@code end}, without leading zeros; -1 for anything else. */
    private static int index(String target, int start, int end) {
        int digits = end - start;
        if (digits < 1 || digits > MAX_INDEX_DIGITS || (digits > 1 && target.charAt(start) == '0')) {
            return -1;
        }
        int index = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(target.charAt(i))) {
                return -1;
            }
            index = index * 10 + target.charAt(i) - '0';
        }
        return index < BlockRange.MAX_BLOCKS ? index : -1;
    }

    /** The path itself. */
    String path() {
        return "/" + segmentId.toString().substring(0, PREFIX_DIGITS) + "/" + segmentId + "-" + blockIndex + SUFFIX;
    }
}
