// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A branch that takes nothing but what head office lists and signs, with the real programs. */
class ListedBranchIT {
    @TempDir
    static Path directory;

    private static Branch branch;

    @BeforeAll
    static void openBranch() throws Exception {
        branch = Branch.thatRefusesWhatIsNotListed(directory);
    }

    @AfterAll
    static void closeBranch() {
        branch.close();
    }

    /** What was hashed a moment ago is listed by the time its first reader offers it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void secondAgentTakesNothingFromTheOrigin(int version) throws Exception {
        for (int size : new int[] {1, 65_537, 5_000_000 + version}) {
            Path file = branch.file(size);
            Path target = directory.resolve("fetched-" + version);
            branch.fetch("first-" + version, version, file, target);

            Fetch second = branch.fetch("second-" + version, version, file, target);

            assertThat(target).hasSameBinaryContentAs(file);
            assertThat(second.originBytes())
                    .as(size + " octets, from the origin")
                    .isZero();
            assertThat(second.hostedCacheBytes()).isEqualTo(size);
        }
    }
}
