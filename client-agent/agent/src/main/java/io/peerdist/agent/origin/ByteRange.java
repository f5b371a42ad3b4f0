// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code Content-Range} in a 206 answer.
 *
 * @param first the offset of the first byte
 * @param last the offset of the last byte
 * @param fileBytes the length of the whole file, or -1 when it is not told
 */
record ByteRange(long first, long last, long fileBytes) {
    private static final Pattern SYNTAX = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Null for anything that is no single range of bytes. */
    static @Nullable ByteRange parse(String value) {
        Matcher matcher = SYNTAX.matcher(value.strip());
        if (!matcher.matches()) {
            return null;
        }
        String total = matcher.group(3);
        ByteRange range = new ByteRange(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                total.equals("*") ? -1 : Long.parseLong(total));
        boolean possible = range.first <= range.last && (range.fileBytes < 0 || range.last < range.fileBytes);
        return possible ? range : null;
    }
}
