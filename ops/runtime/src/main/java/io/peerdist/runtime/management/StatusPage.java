// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.peerdist.runtime.BuildVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page for a person, in one file: no script, no other resource, read again every ten seconds. Sections are asked on a
 * worker thread and may block. Thread-safe.
 */
public final class StatusPage {
    private static final Logger LOGGER = LoggerFactory.getLogger(StatusPage.class);
    private static final int ROWS_MAX = 200;
    private static final int REFRESH_SECONDS = 10;
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fbfbf9;max-width:62rem;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .4rem}p{color:#5b6675;margin:.2rem 0}
            table{border-collapse:collapse;width:100%;background:#fff;border:1px solid #e2e4e0}
            th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #eceee9;overflow-wrap:anywhere;vertical-align:top}
            th{font-weight:600;background:#f3f4f0}td:last-child{font-variant-numeric:tabular-nums}
            a{color:#1c5a8c}""";

    private final String title;
    private final Map<String, Supplier<StatusTable>> sections = new LinkedHashMap<>();

    /** An empty page.
     *
     * @param title what the daemon calls itself, for example {@code peerdist hosted-cache} */
    public StatusPage(String title) {
        this.title = title;
    }

    /** Adds a section below the others. */
    public StatusPage addSection(String heading, Supplier<StatusTable> table) {
        synchronized (sections) {
            sections.put(heading, table);
        }
        return this;
    }

    /** The page as HTML. */
    String render() {
        StringBuilder html = new StringBuilder(4_096)
                .append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append("<meta http-equiv=\"refresh\" content=\"" + REFRESH_SECONDS + "\"><title>")
                .append(escape(title))
                .append("</title><style>\n" + STYLE + "\n</style></head><body><h1>")
                .append(escape(title))
                .append("</h1><p>Version ")
                .append(escape(BuildVersion.current()))
                .append(" · <a href=\"/health/ready\">health</a> · <a href=\"/metrics\">metrics</a>")
                .append(" · <a href=\"/api/v1/\">api</a></p>\n");
        Map<String, Supplier<StatusTable>> snapshot;
        synchronized (sections) {
            snapshot = new LinkedHashMap<>(sections);
        }
        snapshot.forEach((heading, table) -> appendSection(html, heading, table));
        return html.append("</body></html>\n").toString();
    }

    private static void appendSection(StringBuilder html, String heading, Supplier<StatusTable> section) {
        html.append("<h2>").append(escape(heading)).append("</h2>");
        StatusTable table;
        try {
            table = section.get();
        } catch (RuntimeException e) {
            LOGGER.warn("status section {}: failed", heading, e);
            html.append("<p>Not available, see the log.</p>\n");
            return;
        }
        html.append("<table>");
        if (!table.columns().isEmpty()) {
            appendRow(html, "th", table.columns());
        }
        table.rows().stream().limit(ROWS_MAX).forEach(row -> appendRow(html, "td", row));
        html.append("</table>");
        if (table.rows().size() > ROWS_MAX) {
            html.append("<p>").append(table.rows().size() - ROWS_MAX).append(" more rows not shown.</p>");
        }
        html.append('\n');
    }

    private static void appendRow(StringBuilder html, String cell, List<String> values) {
        html.append("<tr>");
        for (String value : values) {
            html.append('<').append(cell).append('>').append(escape(value));
            html.append("</").append(cell).append('>');
        }
        html.append("</tr>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
