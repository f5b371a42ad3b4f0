// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MediaTypesTest {
    @ParameterizedTest
    @CsvSource({
        "index.html, text/html",
        "A.HTML, text/html",
        "install.wim, application/vnd.ms-wim",
        "boot.ipxe, text/plain",
        "archive.tar.gz, application/gzip",
        "font.woff2, font/woff2",
        "data.json, application/json",
        "modules, application/octet-stream",
        "html, application/octet-stream",
        "odd., application/octet-stream",
        "odd.zzz, application/octet-stream",
    })
    void goesByTheExtension(String fileName, String mediaType) {
        assertThat(MediaTypes.of(fileName)).isEqualTo(mediaType);
    }
}
