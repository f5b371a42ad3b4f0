// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.plan.DownloadSource;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressSumTest {
    private static final URI A = URI.create("http://h/a");
    private static final URI B = URI.create("http://h/b");

    private static DownloadProgress progress(long fileBytes, long doneBytes) {
        return new DownloadProgress(fileBytes, doneBytes, Map.of(DownloadSource.ORIGIN, doneBytes), 5);
    }

    @Test
    void addsUpThoseThatRunAndThoseThatAreOver() {
        ProgressSum sum = new ProgressSum(2);
        sum.update(A, progress(100, 10));
        sum.update(A, progress(100, 100));
        sum.ended(A);
        sum.update(B, progress(50, 20));

        assertThat(sum.ended()).isEqualTo(1);
        assertThat(sum.total(9)).isEqualTo(new DownloadProgress(150, 120, Map.of(DownloadSource.ORIGIN, 120L), 9));
    }

    @Test
    void knowsTheSizeWhenThatOfEachIsKnown() {
        ProgressSum sum = new ProgressSum(2);
        sum.update(A, progress(100, 10));
        assertThat(sum.total(0).fileBytes()).as("the other has not begun").isEqualTo(-1);
        sum.update(B, progress(-1, 20));
        assertThat(sum.total(0).fileBytes()).isEqualTo(-1);
        assertThat(sum.total(0).doneBytes()).isEqualTo(30);
        sum.update(B, progress(40, 30));
        assertThat(sum.total(0).fileBytes()).isEqualTo(140);
    }

    @Test
    void expectsNoMoreOfOneThatFailed() {
        ProgressSum sum = new ProgressSum(2);
        sum.update(A, progress(100, 10));
        sum.ended(A);
        sum.ended(B);

        assertThat(sum.total(0)).isEqualTo(new DownloadProgress(10, 10, Map.of(DownloadSource.ORIGIN, 10L), 0));
    }
}
