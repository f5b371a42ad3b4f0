// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void readsWhatTheManagementPortWrites() {
        String text = new JsonObject()
                .put("text", "quote \" back \\ line \n umlaut \u00e4 control \u0001")
                .put("none", (String) null)
                .put("count", Long.MIN_VALUE)
                .put("ratio", 1.5)
                .put("yes", true)
                .put("list", new JsonArray().add(1L).add("x").add(new JsonObject()))
                .put("empty", new JsonArray())
                .toString();

        Map<?, ?> read = JsonReader.object(text + "\n");

        assertThat(read.get("text")).isEqualTo("quote \" back \\ line \n umlaut \u00e4 control \u0001");
        assertThat(read.containsKey("none")).isTrue();
        assertThat(read.get("none")).isNull();
        assertThat(read.get("count")).isEqualTo(Long.MIN_VALUE);
        assertThat(read.get("ratio")).isEqualTo(1.5);
        assertThat(read.get("yes")).isEqualTo(true);
        assertThat(read.get("list")).isEqualTo(Arrays.asList(1L, "x", Map.of()));
        assertThat(read.get("empty")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":tru}",
                "{\"a\":\"",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":-}",
                "{\"a\":99999999999999999999}",
                "<html>",
            })
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> JsonReader.object(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesDeepNesting() {
        String text = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> JsonReader.object(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nesting");
    }
}
