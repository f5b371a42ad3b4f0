// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** Octets as hexadecimal text, with room for comments. */
public final class Hex {
    private static final Pattern COMMENT_OR_SPACE = Pattern.compile("#[^\n]*|\\s+");

    private Hex() {}

    /** Lower-case digits without separators. */
    public static String of(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /** Reads digits of either case; white space, and from {@code #} to the end of a line, does not count. */
    public static byte[] parse(String text) {
        return HexFormat.of().parseHex(COMMENT_OR_SPACE.matcher(text).replaceAll(""));
    }
}
