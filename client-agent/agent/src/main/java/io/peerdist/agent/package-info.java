// SPDX-License-Identifier: Apache-2.0
/**
 * The client: downloads through content information and shares what it holds.
 */
@NullMarked
package io.peerdist.agent;

import org.jspecify.annotations.NullMarked;
