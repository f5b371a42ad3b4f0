// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import org.jspecify.annotations.Nullable;

/** How values are written in JSON (RFC 8259). */
final class JsonText {
    private JsonText() {}

    static void appendDouble(StringBuilder out, double value) {
        if (Double.isFinite(value)) {
            out.append(value);
        } else {
            out.append("null");
        }
    }

    static void appendString(StringBuilder out, @Nullable String value) {
        if (value == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (pair) {
                out.append(c).append(value.charAt(++i));
            } else {
                appendCharacter(out, c);
            }
        }
        out.append('"');
    }

    private static void appendCharacter(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (mustEscape(c)) {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    /** Controls by the RFC; lone surrogates, which UTF-8 cannot carry; and what would end a script or a line in a page. */
    private static boolean mustEscape(char c) {
        return c < 0x20
                || c == 0x7F
                || c == '<'
                || c == '>'
                || c == '\u2028'
                || c == '\u2029'
                || Character.isSurrogate(c);
    }
}
