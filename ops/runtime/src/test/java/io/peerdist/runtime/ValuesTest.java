// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, times, addresses and names as people write them. */
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "4096B, 4096",
        "64KiB, 65536",
        "64 kib, 65536",
        "512MiB, 536870912",
        "10GiB, 10737418240",
        "10g, 10737418240",
        "1kB, 1000",
        "2MB, 2000000",
        "3TB, 3000000000000",
        "8388607TiB, 9223370937343148032"
    })
    void readsSizes(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "1.5GiB", "GiB", "10XB", "10 GiB x", "8388608TiB", "99999999999999999999", "0x10"})
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DataSize.parse(text))
                .withMessageContaining("expected");
    }

    @RandomizedTest
    void writesSizesSoThatTheyReadBack(Gen gen) {
        DataSize size = new DataSize(gen.longBetween(0, Long.MAX_VALUE >> gen.intBetween(0, 62)));

        assertThat(DataSize.parse(size.toString())).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250ms, 250", "15s, 15000", "15 S, 15000", "2m, 120000", "2min, 120000", "6h, 21600000"})
    void readsTimes(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "15",
                "-15s",
                "1.5s",
                "s",
                "15 seconds",
                "9999999999999s",
                "106752d",
                "999999999999d",
                "1h30m"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "1ms", "1500ms", "90s", "2m", "25h", "28d", "106751d"})
    void writesTimesAsTheyAreRead(String text) {
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "cache.example:80, cache.example, 80",
        "10.0.0.5:0, 10.0.0.5, 0",
        "[::1]:65535, ::1, 65535",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80"
    })
    void readsAddresses(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
        assertThat(HostPort.parse(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":80",
                "::1:80",
                "host:65536",
                "host:-1",
                "host:8O",
                "[::1]",
                "a b:1",
                "http://a:1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPort.parse(text))
                .withMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80",
        "::1, [::1]:80",
        "::, [::]:80",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:80",
        "fe80::, [fe80::]:80"
    })
    void writesSocketAddressesAsPeopleExpectThem(String address, String expected) {
        assertThat(HostPort.format(new InetSocketAddress(address, 80))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "--bnd, --bind",
        "--managment-port, --management-port",
        "--cachesize, --cache-size",
        "--CACHE_SIZE, --cache-size",
        "--bidn, --bind"
    })
    void findsTheNearestName(String wanted, String expected) {
        assertThat(NearestName.of(wanted, List.of("--bind", "--management-port", "--cache-size")))
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--zzz", "", "completely-different-and-rather-long"})
    void findsNoNameForWhatIsLikeNone(String wanted) {
        assertThat(NearestName.of(wanted, List.of("--bind", "--management-port")))
                .isEmpty();
    }

    @Test
    void numbersExitCodesAsDocumented() {
        assertThat(Arrays.stream(ExitCode.values()).map(code -> code + "=" + code.code()))
                .containsExactly(
                        "OK=0",
                        "WORK_FAILED=1",
                        "USAGE=2",
                        "ORIGIN_FAILED=3",
                        "CHECKSUM_MISMATCH=4",
                        "CANNOT_WRITE=5",
                        "CONFIGURATION=64",
                        "STORE_LOCKED=65",
                        "STORE_CORRUPT=66",
                        "CANNOT_BIND=67",
                        "INTERNAL=70");
    }

    @Test
    void knowsItsVersion() {
        assertThat(BuildVersion.current()).matches("\\d+\\.\\d+\\.\\d+.*");
    }
}
