// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCHC hosted cache, version 1.0 over HTTPS and version 2.0 over HTTP: clients offer segments, the cache pulls them from
 * the offering addresses, checks them where it knows their hashes, and serves the branch. {@link io.peerdist.hostedcache.HostedCache} puts the parts together; which segment is pulled when and
 * from whom is decided by the pull schedule, apart from sockets and threads.
 */
@NullMarked
package io.peerdist.hostedcache;

import org.jspecify.annotations.NullMarked;
