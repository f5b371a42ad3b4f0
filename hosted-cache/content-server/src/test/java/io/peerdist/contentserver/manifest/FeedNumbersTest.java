// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedNumbersTest {
    @TempDir
    private Path directory;

    @Test
    void beginsWithOneAndNoNumberGiven() {
        FeedNumbers numbers = open(1);

        assertThat(numbers.last()).isZero();
        assertThat(numbers.take()).isEqualTo(1);
        assertThat(numbers.take()).isEqualTo(2);
        assertThat(numbers.last()).isEqualTo(2);
    }

    @Test
    void neverGivesANumberTwiceWhateverHappensToTheProcess() {
        FeedNumbers first = open(1);
        long last = 0;
        for (int i = 0; i < FeedNumbers.RESERVED_AT_ONCE + 10; i++) {
            last = first.take();
        }

        FeedNumbers second = open(2);

        assertThat(last).isEqualTo(FeedNumbers.RESERVED_AT_ONCE + 10);
        assertThat(second.feedId()).isEqualTo(first.feedId());
        assertThat(second.last()).isGreaterThanOrEqualTo(last);
        assertThat(second.take()).isEqualTo(second.last()).isGreaterThan(last);
    }

    @Test
    void isAnotherFeedInAnotherDirectory(@TempDir Path other) {
        assertThat(FeedNumbers.open(other, new Random(2)).feedId()).isNotEqualTo(open(1).feedId());
    }

    @Test
    void beginsANewFeedWhenTheFileIsDamaged() throws IOException {
        FeedNumbers before = open(1);
        Path file = directory.resolve(FeedNumbers.FILE);
        for (String damaged : new String[] {
            "", "peerdist manifest feed 1\n", Files.readString(file).replace("id", "di")
        }) {
            Files.writeString(file, damaged);

            FeedNumbers after = open(2);

            assertThat(after.feedId()).isNotEqualTo(before.feedId());
            assertThat(after.last()).isZero();
        }
    }

    @Test
    void keepsItsFileForItsOwnerAndNothingBesideIt() throws IOException {
        open(1);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve(FeedNumbers.FILE));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(FeedNumbers.FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void saysWhenTheFileCannotBeUsed() throws IOException {
        Files.createDirectories(directory.resolve(FeedNumbers.FILE));

        assertThatThrownBy(() -> open(1)).isInstanceOf(FailureException.class).hasMessageContaining(FeedNumbers.FILE);
    }

    private FeedNumbers open(int seed) {
        return FeedNumbers.open(directory, new Random(seed));
    }
}
