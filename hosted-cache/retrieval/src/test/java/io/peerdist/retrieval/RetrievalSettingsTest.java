// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalSettingsTest {
    @Test
    void beginsWithTheDefaultsOfTheSpecification() {
        assertThat(RetrievalClientSettings.DEFAULT.requestTimeout()).isEqualTo(Duration.ofSeconds(2)); // 3.1.2
        assertThat(RetrievalServerSettings.hostedCache().uploadTimeout()).isEqualTo(Duration.ofSeconds(15)); // 3.2.2
        assertThat(RetrievalServerSettings.peer().uploadTimeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(RetrievalServerSettings.hostedCache().maxSessions()).isEqualTo(1_024); // note 12
        assertThat(RetrievalServerSettings.peer().maxSessions()).isEqualTo(64); // 3.2.1
    }

    @Test
    void takesWhatTheNotesAllow() {
        assertThat(RetrievalServerSettings.peer().withMaxSessions(16_384).maxSessions())
                .isEqualTo(16_384); // note 13
        assertThat(RetrievalServerSettings.hostedCache()
                        .withMaxSessions(1_000_000)
                        .maxSessions())
                .isEqualTo(1_000_000);
        for (Duration limit : new Duration[] {Duration.ofMillis(100), Duration.ofHours(1)}) { // note 14
            assertThat(RetrievalServerSettings.peer().withUploadTimeout(limit).uploadTimeout())
                    .isEqualTo(limit);
        }
        for (Duration limit : new Duration[] {Duration.ofMillis(1), Duration.ofMinutes(1)}) { // note 9
            assertThat(RetrievalClientSettings.DEFAULT.withRequestTimeout(limit).requestTimeout())
                    .isEqualTo(limit);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 16_385})
    void refusesSessionsOfAPeerOutsideTheirRange(int sessions) {
        assertThatThrownBy(() -> RetrievalServerSettings.peer().withMaxSessions(sessions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 16384");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 99, 3_600_001})
    void refusesUploadTimeoutsOutsideTheirRange(long millis) {
        assertThatThrownBy(() -> RetrievalServerSettings.peer().withUploadTimeout(Duration.ofMillis(millis)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 60_001})
    void refusesRequestTimeoutsOutsideTheirRange(long millis) {
        assertThatThrownBy(() -> RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofMillis(millis)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverCountsFewerSessionsThanNone() {
        UploadSessions sessions = new UploadSessions(1);

        assertThat(sessions.tryOpen()).isTrue();
        assertThat(sessions.tryOpen()).isFalse();
        sessions.close();
        sessions.close(); // 3.2.5.3: a negative count is set to zero

        assertThat(sessions.open()).hasValue(0);
        assertThat(sessions.tryOpen()).isTrue();
        assertThat(sessions.tryOpen()).isFalse();
    }
}
