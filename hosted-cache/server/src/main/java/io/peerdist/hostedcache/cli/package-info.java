// SPDX-License-Identifier: Apache-2.0
/**
 * {@code peerdist hosted-cache}: the daemon and the commands that look at a running one through its management port. Entry
 * type: {@link io.peerdist.hostedcache.cli.HostedCacheCommand}.
 */
@NullMarked
package io.peerdist.hostedcache.cli;

import org.jspecify.annotations.NullMarked;
