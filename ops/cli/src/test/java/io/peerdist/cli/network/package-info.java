// SPDX-License-Identifier: Apache-2.0
/** The command in networks of its own, which no packet leaves. */
@NullMarked
package io.peerdist.cli.network;

import org.jspecify.annotations.NullMarked;
