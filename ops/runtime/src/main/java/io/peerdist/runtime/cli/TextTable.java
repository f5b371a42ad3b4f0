// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns of text, each as wide as its widest cell; columns of numbers stand on the right. Not thread-safe. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a row; the first one may hold headings. */
    public TextTable row(@Nullable Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toList());
        return this;
    }

    /** Prints all rows. */
    public void print(PrintWriter out) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                String space = " ".repeat(widths[i] - cell.length());
                boolean number = !cell.isEmpty() && Character.isDigit(cell.charAt(0)) && cell.length() < 24;
                line.append(i == 0 ? "" : GAP).append(number ? space + cell : cell + space);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
