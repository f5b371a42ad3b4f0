// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ValidatorTest {
    @Test
    void takesOnlyStrongTagsForConditions() {
        assertThat(new Validator("\"a\"", null).strongTag()).isEqualTo("\"a\"");
        assertThat(new Validator("W/\"a\"", null).strongTag()).isNull();
        assertThat(new Validator(null, null).strongTag()).isNull();
    }

    @Test
    void seesChangesByTagWithinOneEncodingAndByDateAcrossEncodings() {
        Validator one = new Validator("\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT");
        Validator otherTag = new Validator("\"b\"", "Sun, 06 Nov 1994 08:49:37 GMT");
        Validator otherDate = new Validator("\"a\"", "Sun, 06 Nov 1994 08:49:38 GMT");

        assertThat(one.showsChange(otherTag, true)).isTrue();
        assertThat(one.showsChange(otherTag, false)).isFalse();
        assertThat(one.showsChange(otherDate, false)).isTrue();
        assertThat(one.showsChange(otherDate, true)).isFalse();
        assertThat(one.showsChange(new Validator(null, null), true)).isFalse();
    }

    @Test
    void readsDatesItKnowsAndPassesOverOthers() {
        assertThat(new Validator(null, "Sun, 06 Nov 1994 08:49:37 GMT").lastModifiedInstant())
                .isEqualTo(Instant.parse("1994-11-06T08:49:37Z"));
        assertThat(new Validator(null, "yesterday").lastModifiedInstant()).isNull();
    }
}
