// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRD, both roles: finds the peers of the machine's subnets that hold segments, and answers those that look for
 * segments this machine holds. {@link io.peerdist.discovery.Discovery} has the sockets; the roles behind it take datagrams
 * and times in and give datagrams out, all on one thread.
 */
@NullMarked
package io.peerdist.discovery;

import org.jspecify.annotations.NullMarked;
