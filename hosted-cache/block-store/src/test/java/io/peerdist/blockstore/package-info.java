// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.peerdist.blockstore;

import org.jspecify.annotations.NullMarked;
