// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import java.util.List;
import java.util.Map;

/**
 * A table of the status page. Text is escaped by the page.
 *
 * @param columns the headings; empty for a table of names and values
 * @param rows at most 200 are shown
 */
public record StatusTable(List<String> columns, List<List<String>> rows) {
    public StatusTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** A table of names and values, in the order of the map. */
    public static StatusTable of(Map<String, String> values) {
        return new StatusTable(
                List.of(),
                values.entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), entry.getValue()))
                        .toList());
    }
}
