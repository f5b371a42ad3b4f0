// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import java.util.Locale;

/** The demonstration's result as a table for a terminal of 80 columns. */
final class FetchTable {
    private static final long KIBI = 1024;

    private FetchTable() {}

    static String render(Fetch first, Fetch second) {
        StringBuilder table = new StringBuilder();
        row(table, "", "agent A", "agent B", "");
        row(
                table,
                "content information",
                bytes(first.contentInformationBytes()),
                bytes(second.contentInformationBytes()),
                "over the WAN");
        row(table, "payload from the origin", bytes(first.originBytes()), bytes(second.originBytes()), "over the WAN");
        row(
                table,
                "from the hosted cache",
                bytes(first.hostedCacheBytes()),
                bytes(second.hostedCacheBytes()),
                "in the branch");
        row(table, "from other agents", bytes(first.peerBytes()), bytes(second.peerBytes()), "in the branch");
        row(table, "from its own cache", bytes(first.otherBytes()), bytes(second.otherBytes()), "on the machine");
        row(table, "time", seconds(first), seconds(second), "");
        row(table, "rate", rate(first), rate(second), "");
        long without = first.payloadBytes() + second.payloadBytes();
        long with = first.wanBytes() + second.wanBytes();
        table.append(String.format(
                Locale.ROOT,
                "%n  The second fetch moved %s over the WAN instead of %s: %.2f %% saved.%n"
                        + "  Both together: %s instead of %s.%n",
                bytes(second.wanBytes()),
                bytes(second.payloadBytes()),
                saving(second.wanBytes(), second.payloadBytes()),
                bytes(with),
                bytes(without)));
        return table.toString();
    }

    private static void row(StringBuilder table, String what, String first, String second, String where) {
        table.append(String.format(Locale.ROOT, "  %-26s %12s %12s   %s%n", what, first, second, where)
                .replaceAll("[ ]+(\\R)", "$1"));
    }

    private static double saving(long with, long without) {
        return without == 0 ? 0 : 100.0 * (without - with) / without;
    }

    private static String seconds(Fetch fetch) {
        return String.format(Locale.ROOT, "%.2f s", fetch.millis() / 1000.0);
    }

    private static String rate(Fetch fetch) {
        return fetch.millis() == 0 ? "-" : bytes(fetch.payloadBytes() * 1000 / fetch.millis()) + "/s";
    }

    private static String bytes(long bytes) {
        double value = bytes;
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (value >= KIBI && unit < units.length - 1) {
            value /= KIBI;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
