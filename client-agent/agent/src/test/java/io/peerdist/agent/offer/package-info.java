// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.peerdist.agent.offer;

import org.jspecify.annotations.NullMarked;
