// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.lease.LeaseDesk;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What every download runs on.
 *
 * @param workers bounded; verify, decrypt, read and write
 * @param originThreads bounded; each carries one request to the origin at a time
 * @param leases asked before the origin is
 */
record RunContext(Executor workers, Executor originThreads, LongSupplier nanoTime, LeaseDesk leases) {}
