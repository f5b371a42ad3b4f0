// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRR over HTTP with Netty: the server role and the client role.
 */
@NullMarked
package io.peerdist.retrieval;

import org.jspecify.annotations.NullMarked;
