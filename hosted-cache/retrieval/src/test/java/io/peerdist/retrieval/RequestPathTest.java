// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
    private static final String PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/116B50EB-ECE2-41ac-8429-9F9E963361B7/",
                "/116B50EB-ECE2-41ac-8429-9F9E963361B7",
                "/116b50eb-ece2-41ac-8429-9f9e963361b7",
                "/116B50EB-ECE2-41AC-8429-9F9E963361B7/?x=y",
                "http://cache.example:8080/116B50EB-ECE2-41ac-8429-9F9E963361B7/",
                "HTTP://[::1]:80/116B50EB-ECE2-41ac-8429-9F9E963361B7",
            })
    void acceptsEveryFormThatClientsSend(String target) {
        assertThat(RequestPath.matches(target, PATH)).isTrue();
        assertThat(RequestPath.matches(target, PATH.substring(0, PATH.length() - 1)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "/",
                "//",
                "http://",
                "http://host",
                "/116B50EB-ECE2-41ac-8429-9F9E963361B7//",
                "/116B50EB-ECE2-41ac-8429-9F9E963361B7/x",
                "/116B50EB-ECE2-41ac-8429-9F9E963361B8",
                "/116B50EB-ECE2-41ac-8429-9F9E963361B",
                "116B50EB-ECE2-41ac-8429-9F9E963361B7/",
                "/?/116B50EB-ECE2-41ac-8429-9F9E963361B7/",
                "?u=http://h/116B50EB-ECE2-41ac-8429-9F9E963361B7/",
            })
    void refusesOtherTargets(String target) {
        assertThat(RequestPath.matches(target, PATH)).isFalse();
    }
}
