// SPDX-License-Identifier: Apache-2.0
/** Tests of whom an agent serves, by a clock that is set, and over loopback. */
@NullMarked
package io.peerdist.agent.serve;

import org.jspecify.annotations.NullMarked;
