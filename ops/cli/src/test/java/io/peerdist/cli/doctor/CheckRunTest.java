// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CheckRunTest {
    @Test
    void makesAFindingOfWhatACheckThrows() throws InterruptedException {
        List<Finding> findings = new CheckRun(CheckRun.LIMIT, Clock.system()::nanoTime).run(checks(() -> {
            throw new IOException("the disk is on fire");
        }));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.seen()).contains("the disk is on fire");
        });
    }

    @Test
    void leavesACheckThatDoesNotEnd() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        List<Finding> findings = new CheckRun(Duration.ofMillis(50), Clock.system()::nanoTime).run(checks(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return List.of();
        }));

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("not done after 50 ms"));
        interrupted.await();
    }

    private static List<Check> checks(Callable<List<Finding>> body) {
        return List.of(new Check() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public List<Finding> run() throws Exception {
                return body.call();
            }
        });
    }
}
