// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import io.peerdist.codec.wire.MalformedMessageException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a header value of the form {@code 1#( name "=" value )}: commas between them, empty ones allowed, white
 * space allowed round commas and equal signs, names in any case. A name may come again with the same value, as happens
 * when an intermediary joins repeated header lines, but not with another one. Elements without an equal sign are kept
 * with the empty value.
 */
final class HeaderParameters {
    static final String PROTOCOL = "MS-PCCRTP";

    /** Longest value read. The fields need at most 90 characters; HTTP servers cut at 8 KiB or more. */
    static final int MAX_VALUE_CHARS = 4096;

    /** Most elements read. The fields define four. */
    static final int MAX_PARAMETERS = 32;

    /** Most digits of a version's part, so that it fits an int. */
    private static final int MAX_VERSION_DIGITS = 9;

    private final Map<String, Parameter> parameters = new HashMap<>();
    private final String value;

    private HeaderParameters(String value) {
        this.value = value;
    }

    /** Splits {@code value}, the value of the header field {@code field}, or several of them joined by commas. */
    static HeaderParameters parse(String field, String value) {
        if (value.length() > MAX_VALUE_CHARS) {
            throw new MalformedMessageException(
                    PROTOCOL, field, 0, value.length() + " characters (expected: at most " + MAX_VALUE_CHARS + ")");
        }
        HeaderParameters result = new HeaderParameters(value);
        int count = 0;
        for (int from = 0; from <= value.length(); ) {
            int end = result.endOfElement(field, from);
            if (!value.substring(from, end).isBlank() && ++count > MAX_PARAMETERS) {
                throw new MalformedMessageException(
                        PROTOCOL, field, from, count + " parameters (expected: at most " + MAX_PARAMETERS + ")");
            }
            result.add(from, end);
            from = end + 1;
        }
        return result;
    }

    /** The next comma that is not in a quoted string, or the end. */
    private int endOfElement(String field, int from) {
        boolean quoted = false;
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        if (quoted) {
            throw new MalformedMessageException(PROTOCOL, field, from, "a quoted string without an end");
        }
        return value.length();
    }

    private void add(int from, int end) {
        int equalSign = value.indexOf('=', from);
        int nameEnd = equalSign < 0 || equalSign > end ? end : equalSign;
        String name = trim(value.substring(from, nameEnd));
        if (name.isEmpty() && nameEnd == end) {
            return;
        }
        String text = nameEnd == end ? "" : trim(value.substring(nameEnd + 1, end));
        Parameter parameter = new Parameter(name, text, from);
        Parameter earlier = parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), parameter);
        if (earlier != null && !earlier.text.equalsIgnoreCase(text)) {
            throw parameter.malformed("given again, as " + earlier.quoted() + " and (expected: once)");
        }
    }

    /** The parameter of this name, or null. */
    @Nullable
    Parameter get(String name) {
        return parameters.get(name.toLowerCase(Locale.ROOT));
    }

    /** Takes off spaces and tabs, the white space of HTTP, and no other character. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** One element; {@code offset} is where it starts in the header value. */
    record Parameter(String name, String text, int offset) {
        /** True for {@code true}, false for {@code false}, in any case; everything else is malformed. */
        boolean asBoolean() {
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            if (text.equalsIgnoreCase("false")) {
                return false;
            }
            throw malformed(quoted() + " (expected: true)");
        }

        /** A number of digits only, below 2^63. */
        long asLength() {
            long length = 0;
            for (int i = 0; i < text.length(); i++) {
                int digit = digitAt(i);
                if (digit < 0 || length > (Long.MAX_VALUE - digit) / 10) {
                    throw malformed(quoted() + " (expected: a number below 2^63)");
                }
                length = length * 10 + digit;
            }
            if (text.isEmpty()) {
                throw malformed("no value (expected: a number below 2^63)");
            }
            return length;
        }

        /** Where the dot of {@code major.minor} stands, once both sides are known to be 1 to 9 digits. */
        int dot() {
            int dot = text.indexOf('.');
            if (!isVersionPart(0, dot) || !isVersionPart(dot + 1, text.length())) {
                throw malformed(quoted() + " (expected: digits, a dot and digits, at most " + MAX_VERSION_DIGITS
                        + " on each side)");
            }
            return dot;
        }

        private boolean isVersionPart(int from, int to) {
            if (to - from < 1 || to - from > MAX_VERSION_DIGITS) {
                return false;
            }
            for (int i = from; i < to; i++) {
                if (digitAt(i) < 0) {
                    return false;
                }
            }
            return true;
        }

        private int digitAt(int index) {
            char c = text.charAt(index);
            return c >= '0' && c <= '9' ? c - '0' : -1;
        }

        /** The value for an error message, cut to a readable length. */
        String quoted() {
            return "\"" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "\"";
        }

        MalformedMessageException malformed(String reason) {
            return new MalformedMessageException(PROTOCOL, name, offset, reason);
        }
    }
}
