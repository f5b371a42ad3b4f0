// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import java.util.Arrays;
import java.util.List;

/**
 * A run of manifest entries. Entries are numbered from 1 in the order in which the publisher made them; a page holds some
 * or all of the entries {@code after + 1} to {@code next}, and asking again after {@code next} continues it.
 *
 * <p>An entry holds segment secrets: {@link #toString} leaves entries out. Immutable as long as nobody writes to an entry's
 * array, which is neither copied on the way in nor out.
 *
 * @param feedId whose numbers these are
 * @param after the number after which the page begins, 0 or more
 * @param next the number after which the following page begins; greater than {@code after} when there are entries, and
 *     when there are more to come
 * @param head the greatest number there is, {@code next} or more
 * @param issuedSeconds when the page was signed, in seconds since 1970-01-01T00:00Z, 0 or more
 * @param entries content information as of MS-PCCRC 2.3 and 2.4, each of 1 octet to {@link ManifestCodec#MAX_ENTRY_BYTES}
 */
public record ManifestPage(FeedId feedId, long after, long next, long head, long issuedSeconds, List<byte[]> entries) {
    /** Throws {@link IllegalArgumentException} for a value out of its range. */
    public ManifestPage {
        entries = List.copyOf(entries);
        require(after >= 0, "after", after, "0 or more");
        require(next >= after, "next", next, after + " or more");
        require(head >= next, "head", head, next + " or more");
        require(issuedSeconds >= 0, "issued", issuedSeconds, "0 or more");
        require(next > after || (entries.isEmpty() && head == next), "next", next, "more than " + after);
        require(
                entries.size() <= Math.min(ManifestCodec.MAX_ENTRIES, next - after),
                "entry count",
                entries.size(),
                "at most " + Math.min(ManifestCodec.MAX_ENTRIES, next - after));
        for (byte[] entry : entries) {
            require(
                    entry.length >= 1 && entry.length <= ManifestCodec.MAX_ENTRY_BYTES,
                    "entry bytes",
                    entry.length,
                    "1 to " + ManifestCodec.MAX_ENTRY_BYTES);
        }
    }

    /** Whether there are entries behind this page. */
    public boolean hasMore() {
        return next < head;
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManifestPage that
                && feedId.equals(that.feedId)
                && after == that.after
                && next == that.next
                && head == that.head
                && issuedSeconds == that.issuedSeconds
                && Arrays.deepEquals(entries.toArray(), that.entries.toArray());
    }

    @Override
    public int hashCode() {
        return 31 * (31 * feedId.hashCode() + Long.hashCode(after)) + Long.hashCode(issuedSeconds);
    }

    /** Without the entries, which hold secrets. */
    @Override
    public String toString() {
        return "ManifestPage[feed " + feedId + ", " + entries.size() + " entries after " + after + " to " + next
                + " of " + head + ", issued " + issuedSeconds + "]";
    }
}
