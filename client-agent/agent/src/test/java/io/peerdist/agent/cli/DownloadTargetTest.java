// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTargetTest {
    @ParameterizedTest
    @CsvSource({
        "http://h/a/b.iso, b.iso",
        "http://h/b.iso?x=/y, b.iso",
        "http://h/with%20space+plus.bin, with space+plus.bin",
        "http://h/%D1%84.bin, ф.bin",
        "http://h/.hidden, .hidden"
    })
    void namesTheTargetAfterTheUrl(URI url, String name) {
        assertThat(DownloadTarget.nameOf(url)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h",
                "http://h/",
                "http://h/a/",
                "http://h/..",
                "http://h/%2e%2e",
                "http://h/a%2Fb",
                "http://h/a%5Cb",
                "http://h/a%00b",
                "http://h/a%0Ab"
            })
    void findsNoNameInUrlsThatNameNoFile(URI url) {
        assertThat(DownloadTarget.nameOf(url)).isNull();
    }
}
