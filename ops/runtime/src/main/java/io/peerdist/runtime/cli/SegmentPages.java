// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Prints the segments that a daemon lists, page by page: the list may be longer than the memory is large. */
public final class SegmentPages {
    private static final int PAGE_SEGMENTS = 500;

    private SegmentPages() {}

    /** Prints the pages as they come, as JSON, each on a line of its own, up to {@code limit} segments. */
    public static void printJson(ManagementClient client, long limit, PrintWriter out) {
        print(client, limit, (answer, page) -> out.println(answer));
    }

    /**
     * Prints them as a table, up to {@code limit} segments.
     *
     * @param headings stands above the first page
     * @param addRow adds the row of a segment
     */
    public static void printTable(
            ManagementClient client,
            long limit,
            PrintWriter out,
            TextTable headings,
            BiConsumer<TextTable, Map<?, ?>> addRow) {
        TextTable[] table = {headings};
        print(client, limit, (answer, page) -> {
            if (page.get("segments") instanceof List<?> segments) {
                for (Object segment : segments) {
                    if (segment instanceof Map<?, ?> map) {
                        addRow.accept(table[0], map);
                    }
                }
            }
            table[0].print(out);
            table[0] = new TextTable();
        });
    }

    private static void print(ManagementClient client, long limit, BiConsumer<String, Map<?, ?>> print) {
        long left = limit;
        Object cursor = "";
        while (cursor != null && left > 0) {
            String answer = client.get("segments?limit=" + Math.min(left, PAGE_SEGMENTS) + "&cursor=" + cursor);
            Map<?, ?> page = client.parse(answer);
            print.accept(answer, page);
            left -= PAGE_SEGMENTS;
            cursor = page.get("next");
        }
    }
}
