// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.plan.DownloadSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long MIB = 1 << 20;

    private final StringWriter terminal = new StringWriter();

    private ProgressBar bar(int columns) {
        return new ProgressBar(new PrintWriter(terminal), columns);
    }

    private static DownloadProgress progress(long done, long nanos) {
        return new DownloadProgress(
                100 * MIB,
                done * MIB,
                Map.of(
                        DownloadSource.ORIGIN, done * MIB / 4,
                        DownloadSource.HOSTED_CACHE, done * MIB * 3 / 4,
                        DownloadSource.CONTENT_INFORMATION, 1_000L),
                nanos);
    }

    private String lastLine() {
        String all = terminal.toString();
        return all.substring(all.lastIndexOf('\r') + 1).stripTrailing();
    }

    @Test
    void showsPercentBytesRateTimeLeftAndSources() {
        ProgressBar bar = bar(120);
        bar.progress("", progress(20, 0));
        bar.progress("", progress(40, 2 * SECOND_NANOS));

        assertThat(lastLine())
                .isEqualTo(" 40% [####      ] 40.0 MiB/100.0 MiB 10.0 MiB/s 0:06 left hosted 75% origin 25%");
    }

    @Test
    void redrawsAtMostTenTimesASecond() {
        ProgressBar bar = bar(120);
        for (int i = 0; i < 1_000; i++) {
            bar.progress("", progress(1, i * SECOND_NANOS / 1_000));
        }

        assertThat(terminal.toString().chars().filter(c -> c == '\r').count()).isEqualTo(10);
    }

    @Test
    void neverFillsTheLastColumn() {
        ProgressBar bar = bar(30);
        bar.progress("", progress(20, 0));

        assertThat(terminal.toString()).isEqualTo("\r 20% [##        ] 20.0 MiB/10");
    }

    @Test
    void coversWhatALongerLineLeft() {
        ProgressBar bar = bar(120);
        bar.progress("", progress(40, 0));
        int longer = terminal.toString().length() - 1;
        bar.progress("", new DownloadProgress(-1, 5, Map.of(), SECOND_NANOS));

        String all = terminal.toString();
        assertThat(all.substring(all.lastIndexOf('\r') + 1)).hasSize(longer).startsWith("5 B 0 B/s");
    }

    @Test
    void putsALabelBeforeTheLine() {
        bar(120).progress("2 of 5 done,", progress(20, 0));

        assertThat(lastLine()).startsWith("2 of 5 done,  20% [##        ] 20.0 MiB/100.0 MiB");
    }

    @Test
    void showsWhatIsWaitedFor() {
        bar(120).waiting(new OfferSummary(5, 2));

        assertThat(lastLine()).isEqualTo("complete; hosted caches pulled 2 of 5 segments offered");
    }

    @Test
    void clearsItsLineOnce() {
        ProgressBar bar = bar(120);
        bar.clear();
        assertThat(terminal.toString()).isEmpty();
        bar.progress("", progress(40, 0));
        bar.clear();
        String cleared = terminal.toString();
        bar.clear();

        assertThat(cleared).endsWith(" \r").isEqualTo(terminal.toString());
    }
}
