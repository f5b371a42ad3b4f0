// SPDX-License-Identifier: Apache-2.0
/**
 * {@code peerdist doctor}: looks at a machine as a colleague who knows PeerDist would, and says what to do. {@link
 * io.peerdist.cli.doctor.DoctorCommand} is the entry.
 */
@NullMarked
package io.peerdist.cli.doctor;

import org.jspecify.annotations.NullMarked;
