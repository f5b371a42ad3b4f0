// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FileVersionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final FileVersion VERSION = version("a", 10, 5 * SECOND, 7 * SECOND, "(dev=1,ino=2)");

    @Test
    void hasAnotherFingerprintWhenAnythingDiffers() {
        List<FileVersion> others = List.of(
                version("b", 10, 5 * SECOND, 7 * SECOND, "(dev=1,ino=2)"),
                version("a", 11, 5 * SECOND, 7 * SECOND, "(dev=1,ino=2)"),
                version("a", 10, 5 * SECOND + 1, 7 * SECOND, "(dev=1,ino=2)"),
                version("a", 10, 5 * SECOND, 7 * SECOND + 1, "(dev=1,ino=2)"),
                version("a", 10, 5 * SECOND, 7 * SECOND, "(dev=1,ino=3)"));

        assertThat(others)
                .allSatisfy(other -> assertThat(other.fingerprint("x")).isNotEqualTo(VERSION.fingerprint("x")));
        assertThat(VERSION.fingerprint("y")).isNotEqualTo(VERSION.fingerprint("x"));
        assertThat(VERSION.fingerprint("x")).isEqualTo(VERSION.fingerprint("x")).hasSize(64);
    }

    @Test
    void isTooFreshWhileAnotherChangeCouldLeaveTheSameStamps() {
        assertThat(VERSION.isTooFresh(Instant.ofEpochSecond(7))).isTrue();
        assertThat(VERSION.isTooFresh(Instant.ofEpochSecond(7, 99_999_999))).isTrue();
        assertThat(VERSION.isTooFresh(VERSION.settledAt())).isFalse();
        assertThat(VERSION.isTooFresh(Instant.ofEpochSecond(8))).isFalse();
    }

    @Test
    void isNotTooFreshForeverWhenItsStampsLieInTheFuture() {
        assertThat(VERSION.isTooFresh(Instant.ofEpochSecond(6))).isFalse();
    }

    @Test
    void countsModificationInWholeSecondsAlsoBefore1970() {
        assertThat(VERSION.modifiedSeconds()).isEqualTo(5);
        assertThat(version("a", 1, -1, 0, "").modifiedSeconds()).isEqualTo(-1);
    }

    private static FileVersion version(String name, long size, long modified, long changed, String key) {
        return new FileVersion(new RelativePath(List.of(name)), size, modified, changed, key);
    }
}
