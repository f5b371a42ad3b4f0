// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticBlockPathTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @ValueSource(ints = {32, 48, 64})
    void readsTheIdsOfEveryLength(int idBytes) {
        SegmentId id = SegmentId.of(Blocks.bytes(idBytes, idBytes));
        String text = id.toString();

        assertThat(StaticBlockPath.parse("/" + text.substring(0, 2) + "/" + text + "-17.blk"))
                .isEqualTo(new StaticBlockPath(id, 17));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 99, 100, 511})
    void readsWhatItWrites(int index) {
        StaticBlockPath path = new StaticBlockPath(SegmentId.ofHex(ID), index);

        assertThat(path.path()).isEqualTo("/01/" + ID + "-" + index + ".blk");
        assertThat(StaticBlockPath.parse(path.path())).isEqualTo(path);
        assertThat(StaticBlockPath.parse("http://cache.example:8080" + path.path()))
                .isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "*",
                ".blk",
                "-0.blk",
                "/01/-0.blk",
                "/01/$-.blk",
                "/01/$.blk",
                "/01/$-0",
                "/01/$-0.BLK",
                "/01/$-0.blk/",
                "/01/$-0.blk?x",
                "/01/$-0.blk#x",
                "/01/$-0.blk;x",
                "/01/$-0.blk%00",
                "/01/$-0.blk ",
                "//01/$-0.blk",
                "/01//$-0.blk",
                "/01/../01/$-0.blk",
                "/./01/$-0.blk",
                "/x/01/$-0.blk",
                "/01/x/$-0.blk",
                "/02/$-0.blk",
                "/0/$-0.blk",
                "/012/$-0.blk",
                "01/$-0.blk",
                "\\01\\$-0.blk",
                "/01/$--1.blk",
                "/01/$-+1.blk",
                "/01/$- 1.blk",
                "/01/$-01.blk",
                "/01/$-00.blk",
                "/01/$-512.blk",
                "/01/$-1000.blk",
                "/01/$-4294967296.blk",
                "/01/$-1e1.blk",
                "/01/$-0x1.blk",
                "/01/$-\u0661.blk",
                "/01/$-0.blk.blk",
                "/01/$-0-0.blk",
                "/01/$0-0.blk",
                "/01/$00-0.blk",
                "/01/%30%31/$-0.blk",
                "/%30%31/$-0.blk",
                "ftp://host/01/$-0.blk",
                "http://host",
                "http:///",
                "http://host/01/$-0.blk?",
            })
    void takesNothingElse(String path) {
        assertThat(StaticBlockPath.parse(path.replace("$", ID))).isNull();
    }

    @Test
    void takesNoDigitsButLowerCaseHexadecimalOnes() {
        for (String wrong : new String[] {"A", "F", "g", "/", ".", "%", " ", "\u0000", "\uff11", "\u0661", "\u00e9"}) {
            String id = ID.substring(0, 40) + wrong + ID.substring(41);

            assertThat(StaticBlockPath.parse("/01/" + id + "-0.blk")).as(wrong).isNull();
        }
        assertThat(StaticBlockPath.parse("/AB/" + "AB" + ID.substring(2) + "-0.blk"))
                .isNull();
    }
}
