// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RelativePathTest {
    @ParameterizedTest
    @CsvSource({
        "/a, a",
        "/a/b.c, a/b.c",
        "/a?query=/../x, a",
        "/with%20space, with space",
        "/100%25, 100%",
        "/%C3%BC, ü",
        "/a%2Eb, a.b",
        "/a..b, a..b",
        "/./a, a",
        "/debian/./%2e/Packages, debian/Packages",
        "/a%252e%252e, a%2e%2e",
        "http://10.0.2.2:18091/two.bin, two.bin",
        "HTTP://host/x/y?z, x/y",
        "/http://inside, ''",
    })
    void readsTheNameOfAFile(String target, String path) {
        assertThat(RelativePath.ofTarget(target).map(RelativePath::toString).orElse(""))
                .isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "*",
                "a",
                "//a",
                "/a//b",
                "/a/",
                "/.",
                "/..",
                "/../etc/passwd",
                "/a/../../etc/passwd",
                "/a/../b",
                "/a/.",
                "/././",
                "/%2e%2e/etc/passwd",
                "/%2E%2e/etc/passwd",
                "/.%2e/etc/passwd",
                "/..%2fetc%2fpasswd",
                "/a%2fb",
                "/%2fetc/passwd",
                "/..\\etc\\passwd",
                "/a\\b",
                "/a%5cb",
                "/a%5c..%5cb",
                "/a%00.txt",
                "/a%0d%0ab",
                "/a%7f",
                "/.hidden",
                "/%2ehidden",
                "/dir/.git/config",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a%+1",
                "/a%c0%ae%c0%ae",
                "/%c0%ae%c0%ae/etc/passwd",
                "/%ff",
                "/a#b",
                "file:///etc/passwd",
                "ftp://host/a",
                "http://host",
            })
    void readsNothingThatCouldLeadElsewhere(String target) {
        assertThat(RelativePath.ofTarget(target)).isEmpty();
    }

    @Test
    void takesUtf8ThatAClientForgotToEncode() {
        String asNettyShowsIt = new String("/ü".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(RelativePath.ofTarget(asNettyShowsIt))
                .map(RelativePath::names)
                .contains(List.of("ü"));
    }

    @Test
    void refusesPathsLongerThanAnyFileHas() {
        assertThat(RelativePath.ofTarget("/" + "a".repeat(12287))).isPresent();
        assertThat(RelativePath.ofTarget("/" + "a".repeat(12288))).isEmpty();
    }

    @RandomizedTest(tries = 2000)
    void neverYieldsANameThatCouldLeadElsewhere(Gen gen) {
        String target = "/" + gen.string("a./\\%2eE5cCfF0d:?\u00FF", gen.intBetween(0, 24));

        RelativePath.ofTarget(target)
                .ifPresent(path -> assertThat(path.names())
                        .isNotEmpty()
                        .allSatisfy(name -> assertThat(name)
                                .isNotEmpty()
                                .doesNotStartWith(".")
                                .doesNotContain("/", "\\", "\0")));
    }

    @Test
    void cannotBeMadeOfOtherNames() {
        assertThatThrownBy(() -> new RelativePath(List.of("a", ".."))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RelativePath(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
