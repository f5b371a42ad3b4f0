// SPDX-License-Identifier: Apache-2.0
/**
 * The management port of a daemon: metrics, health, a JSON interface and a status page. Entry type:
 * {@link io.peerdist.runtime.management.ManagementServer}.
 */
@NullMarked
package io.peerdist.runtime.management;

import org.jspecify.annotations.NullMarked;
