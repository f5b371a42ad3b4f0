// SPDX-License-Identifier: Apache-2.0
/** Tests of the rate limit, by a clock that is set. */
@NullMarked
package io.peerdist.agent.rate;

import org.jspecify.annotations.NullMarked;
