// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import org.jspecify.annotations.Nullable;

/**
 * Which octets of a representation a {@code Range} field asks for (RFC 9110 14.1.2 and 14.2). Only one range is ever
 * served: a field with several gets the whole, which RFC 9110 14.2 allows and BITS falls back from.
 */
public sealed interface RequestedRange {
    /** Everything: no range, several, another unit than bytes, or a field that breaks the grammar. */
    record Whole() implements RequestedRange {}

    /**
     * A part, answered with 206.
     *
     * @param firstByte where it begins, from 0
     * @param lastByte where it ends, inclusive, below the length
     */
    record Part(long firstByte, long lastByte) implements RequestedRange {
        /** How many octets that is. */
        public long lengthBytes() {
            return lastByte - firstByte + 1;
        }
    }

    /** Nothing of it exists, answered with 416. */
    record Unsatisfiable() implements RequestedRange {}

    /** More digits than any length has: such a number is taken as the largest long. */
    int MAX_DIGITS = 18;

    /** Reads {@code field} for a representation of {@code lengthBytes}. */
    static RequestedRange parse(@Nullable String field, long lengthBytes) {
        if (field == null) {
            return new Whole();
        }
        int equals = field.indexOf('=');
        if (equals < 0 || !field.substring(0, equals).trim().equalsIgnoreCase("bytes")) {
            return new Whole();
        }
        String range = field.substring(equals + 1).trim();
        int dash = range.indexOf('-');
        String first = dash < 0 ? "" : range.substring(0, dash).trim();
        String last = dash < 0 ? "" : range.substring(dash + 1).trim();
        if (!isDigits(first) || !isDigits(last) || (first.isEmpty() && last.isEmpty())) {
            return new Whole();
        }
        return first.isEmpty() ? suffix(number(last), lengthBytes) : part(first, last, lengthBytes);
    }

    private static RequestedRange suffix(long suffixBytes, long lengthBytes) {
        if (suffixBytes == 0) {
            return new Unsatisfiable();
        }
        return lengthBytes == 0 ? new Whole() : new Part(Math.max(0, lengthBytes - suffixBytes), lengthBytes - 1);
    }

    private static RequestedRange part(String first, String last, long lengthBytes) {
        long firstByte = number(first);
        long lastByte = last.isEmpty() ? Long.MAX_VALUE : number(last);
        if (lastByte < firstByte) {
            return new Whole();
        }
        return firstByte >= lengthBytes
                ? new Unsatisfiable()
                : new Part(firstByte, Math.min(lastByte, lengthBytes - 1));
    }

    private static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
