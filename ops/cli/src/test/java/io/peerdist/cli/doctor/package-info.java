// SPDX-License-Identifier: Apache-2.0
/** Tests of {@code peerdist doctor}. */
@NullMarked
package io.peerdist.cli.doctor;

import org.jspecify.annotations.NullMarked;
