// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.plan.DownloadSource;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Draws the progress of a download, or of several together, on one line of a terminal, at most ten times a second: percent,
 * bytes, rate, time left, bytes by source. Not thread-safe.
 */
final class ProgressBar {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final int BAR_COLUMNS = 10;
    private static final long MAX_SECONDS_LEFT = 100 * 3600;

    private final PrintWriter terminal;
    private final int columns;
    private final TransferRate rate = new TransferRate();
    private long drawnNanos;
    private int drawnColumns;

    /** @param columns the width of the terminal; what does not fit is cut off */
    ProgressBar(PrintWriter terminal, int columns) {
        this.terminal = terminal;
        this.columns = columns;
    }

    /** Draws how far a download is, or several are together; {@code label} goes before it. */
    void progress(String label, DownloadProgress progress) {
        if (drawnColumns > 0 && progress.elapsedNanos() - drawnNanos < REDRAW_NANOS) {
            return;
        }
        drawnNanos = progress.elapsedNanos();
        rate.sample(progress.elapsedNanos(), progress.doneBytes());
        draw(label.isEmpty() ? line(progress) : label + " " + line(progress));
    }

    /** The file is complete; hosted caches are not done with it. */
    void waiting(OfferSummary offers) {
        draw("complete; hosted caches pulled " + offers.pulled() + " of " + offers.offered() + " segments offered");
    }

    private void draw(String text) {
        String line = text.substring(0, Math.min(text.length(), columns - 1));
        terminal.print("\r" + line + " ".repeat(Math.max(0, drawnColumns - line.length())));
        terminal.flush();
        drawnColumns = line.length();
    }

    /** Takes the line away. */
    void clear() {
        if (drawnColumns > 0) {
            terminal.print("\r" + " ".repeat(drawnColumns) + "\r");
            terminal.flush();
            drawnColumns = 0;
        }
    }

    private String line(DownloadProgress progress) {
        StringJoiner line = new StringJoiner(" ");
        double perSecond = rate.bytesPerSecond();
        if (progress.fileBytes() > 0) {
            int percent = (int) (progress.doneBytes() * 100 / progress.fileBytes());
            int filled = percent * BAR_COLUMNS / 100;
            line.add(String.format(
                    Locale.ROOT, "%3d%% [%s%s]", percent, "#".repeat(filled), " ".repeat(BAR_COLUMNS - filled)));
            line.add(ByteCounts.format(progress.doneBytes()) + "/" + ByteCounts.format(progress.fileBytes()));
        } else {
            line.add(ByteCounts.format(progress.doneBytes()));
        }
        line.add(ByteCounts.format((long) perSecond) + "/s");
        long left = progress.fileBytes() - progress.doneBytes();
        if (left > 0 && perSecond > 0 && left / perSecond < MAX_SECONDS_LEFT) {
            line.add(ByteCounts.formatSeconds((long) Math.ceil(left / perSecond)) + " left");
        }
        String sources = sources(progress);
        return sources.isEmpty() ? line.toString() : line.add(sources).toString();
    }

    private static String sources(DownloadProgress progress) {
        StringJoiner sources = new StringJoiner(" ");
        for (DownloadSource source : DownloadSource.values()) {
            long bytes = progress.bytesBySource().getOrDefault(source, 0L);
            if (bytes > 0 && source != DownloadSource.CONTENT_INFORMATION && progress.doneBytes() > 0) {
                sources.add(source.shortLabel() + " " + bytes * 100 / progress.doneBytes() + "%");
            }
        }
        return sources.toString();
    }
}
