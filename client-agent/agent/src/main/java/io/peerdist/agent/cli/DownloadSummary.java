// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.plan.DownloadSource;
import java.util.Locale;

/** Tells people how a download went. */
final class DownloadSummary {
    private DownloadSummary() {}

    /** Some lines for people. */
    static String text(DownloadReport report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %s%n",
                report.file() == null ? report.url() : report.file(),
                ByteCounts.formatTransfer(report.fileBytes(), report.duration().toNanos())));
        for (DownloadSource source : DownloadSource.values()) {
            long bytes = report.bytesFrom(source);
            if (bytes > 0) {
                text.append(String.format(Locale.ROOT, "  %-20s%10s", source.label(), ByteCounts.format(bytes)));
                if (source != DownloadSource.CONTENT_INFORMATION) {
                    text.append(String.format(Locale.ROOT, "  %5.1f%%", bytes * 100.0 / report.fileBytes()));
                }
                text.append(System.lineSeparator());
            }
        }
        if (report.offers().offered() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "  offered to hosted caches: %d segments, pulled: %d%n",
                    report.offers().offered(),
                    report.offers().pulled()));
        }
        return text.toString();
    }
}
