// SPDX-License-Identifier: Apache-2.0
/** Tests of publishing files. */
@NullMarked
package io.peerdist.agent.publish;

import org.jspecify.annotations.NullMarked;
