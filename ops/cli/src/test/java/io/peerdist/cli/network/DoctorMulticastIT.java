// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peerdist.cli.Peerdist;
import io.peerdist.runtime.JsonReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code peerdist doctor} with its probe, on a machine that is a network namespace made here: no packet leaves the real one.
 * Skipped, with the reason, where namespaces cannot be made.
 */
final class DoctorMulticastIT {
    @TempDir
    Path logs;

    @Test
    void hearsItsOwnProbe() throws Exception {
        try (Subnets subnets = new Subnets(logs)) {
            assumeTrue(
                    subnets.open() && subnets.addHost(1, 2),
                    "skipped: network namespaces with interfaces cannot be made here (it takes root and the command ip)");
            String[] question = {
                "doctor", "--json", "--data-dir", logs.resolve("store").toString(), "--retrieval-port", "8082"
            };

            assertThat(multicast(subnets.run(1, 2, Peerdist.class, question)))
                    .as(subnets.errors())
                    .contains("ok eth0 (10.78.1.2): sends a probe and hears it");
            assertThat(subnets.quiet(1, 2)).isTrue();
            assertThat(multicast(subnets.run(1, 2, Peerdist.class, question)))
                    .containsExactly("hint no interface that takes part is up and can multicast");
        }
    }

    private static List<String> multicast(String json) {
        if (!(JsonReader.object(json).get("findings") instanceof List<?> findings)) {
            throw new AssertionError("no findings: " + json);
        }
        return findings.stream()
                .map(each -> (Map<?, ?>) each)
                .filter(each -> "multicast".equals(each.get("check")))
                .map(each -> each.get("level") + " " + each.get("seen"))
                .toList();
    }
}
