// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentSettingsTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void serves64BlocksAtOnceUnlessToldOtherwise() {
        assertThat(defaults().maxSessions()).isEqualTo(64);
        assertThat(sessions(16_384).withDataDirectoryRequired(true).maxSessions())
                .isEqualTo(16_384);
    }

    @Test
    void takesAllThereIsUnlessToldOtherwise() {
        assertThat(defaults().receiveBytesPerSecond()).isZero();
        assertThat(defaults()
                        .withReceiveBytesPerSecond(5)
                        .withDataDirectoryRequired(true)
                        .receiveBytesPerSecond())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 16_385})
    void refusesSessionsOutsideTheirRange(int sessions) {
        assertThatThrownBy(() -> sessions(sessions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 16384");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, (1L << 40) + 1})
    void refusesRatesOutsideTheirRange(long bytesPerSecond) {
        assertThatThrownBy(() -> sessions(1).withReceiveBytesPerSecond(bytesPerSecond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bytes per second: " + bytesPerSecond + " (expected: 0 to 1099511627776)");
    }

    @ParameterizedTest
    @CsvSource({"LOCAL, false, false", "HOSTED, true, false", "DISTRIBUTED, false, true", "AUTO, true, true"})
    void looksWhereItsModeSays(Mode mode, boolean hostedCaches, boolean peers) {
        assertThat(mode.usesHostedCaches()).isEqualTo(hostedCaches);
        assertThat(mode.usesPeers()).isEqualTo(peers);
    }

    private static AgentSettings defaults() {
        return AgentSettings.of(Path.of("x"), 1, List.of(), ANY);
    }

    private static AgentSettings sessions(int sessions) {
        AgentSettings usual = defaults();
        return new AgentSettings(
                usual.mode(),
                usual.dataDirectory(),
                false,
                usual.cacheBytes(),
                usual.hostedCaches(),
                usual.retrievalBind(),
                sessions,
                usual.discovery(),
                usual.offers(),
                usual.origin(),
                0);
    }
}
