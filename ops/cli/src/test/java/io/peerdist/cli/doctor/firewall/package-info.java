// SPDX-License-Identifier: Apache-2.0
/** Tests of what is read of firewalls. */
@NullMarked
package io.peerdist.cli.doctor.firewall;

import org.jspecify.annotations.NullMarked;
