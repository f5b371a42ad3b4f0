// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesMembersInTheOrderTheyWerePut() {
        JsonObject json = new JsonObject()
                .put("z", "text")
                .put("a", 1L)
                .put("n", (String) null)
                .put("b", true)
                .put("d", 1.5)
                .put("o", new JsonObject())
                .put(
                        "l",
                        new JsonArray()
                                .add("x")
                                .add(2)
                                .add(false)
                                .add(0.5)
                                .add(new JsonArray())
                                .add(new JsonObject()));

        assertThat(json)
                .hasToString("{\"z\":\"text\",\"a\":1,\"n\":null,\"b\":true,\"d\":1.5,\"o\":{},"
                        + "\"l\":[\"x\",2,false,0.5,[],{}]}");
    }

    @Test
    void escapesWhatJsonPagesAndTerminalsCannotTake() {
        String text = "\"\\/\b\f\n\r\t\u0000\u001b\u007f<&>'\u2028\u2029é€😀\ud800";

        assertThat(new JsonArray().add(text))
                .hasToString("[\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0000\\u001b\\u007f\\u003c&\\u003e'"
                        + "\\u2028\\u2029é€😀\\ud800\"]");
        assertThat(new JsonObject().put("a\"b", 1)).hasToString("{\"a\\\"b\":1}");
    }

    @Test
    void writesNullForNumbersThatJsonLacks() {
        assertThat(new JsonArray()
                        .add(Double.NaN)
                        .add(Double.POSITIVE_INFINITY)
                        .add(Double.NEGATIVE_INFINITY)
                        .add(Long.MIN_VALUE)
                        .add(-0.0))
                .hasToString("[null,null,null,-9223372036854775808,-0.0]");
    }

    @Test
    void refusesANameTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JsonObject().put("a", 1).put("a", 2))
                .withMessage("name: a (expected: each name once)");
    }

    @RandomizedTest
    void writesAnyTextAsUtf8OnOneLineThatReadsBack(Gen gen) {
        StringBuilder text = new StringBuilder();
        for (int i = gen.lengthUpTo(50); i > 0; i--) {
            text.append((char) gen.intBetween(0, gen.oneOf(0x7F, 0xFF, 0xFFFF)));
        }

        String json = new JsonArray().add(text.toString()).toString();

        assertThat(new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(json);
        assertThat(json.chars()).allMatch(c -> c >= 0x20 && c != 0x2028 && c != 0x2029);
        assertThat(unescape(json.substring(2, json.length() - 2))).isEqualTo(text.toString());
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> plain.append(escape);
            }
        }
        return plain.toString();
    }
}
