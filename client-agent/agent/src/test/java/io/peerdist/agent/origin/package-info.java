// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of what is read out of the headers of answers.
 */
@NullMarked
package io.peerdist.agent.origin;

import org.jspecify.annotations.NullMarked;
