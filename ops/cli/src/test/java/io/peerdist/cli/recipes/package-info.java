// SPDX-License-Identifier: Apache-2.0

/** The recipes for programs that go through the agent's proxy, tried with those programs. */
@NullMarked
package io.peerdist.cli.recipes;

import org.jspecify.annotations.NullMarked;
