// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method with one {@link Gen} parameter, run {@link #tries()} times, each time with a seed of its own. A failure
 * names the seed, after the smallest size that still fails was looked for; {@code -Dseed=N -Dsize=S} replays just that try.
 */
@Documented
@Test
@ExtendWith(RandomizedTestRunner.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RandomizedTest {
    /** How many seeds are tried. */
    int tries() default 100;
}
