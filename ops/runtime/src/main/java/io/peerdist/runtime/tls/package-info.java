// SPDX-License-Identifier: Apache-2.0
/**
 * TLS for servers: certificate and key from files of several formats, checked before they are used, replaced while the
 * server runs, or made here when none are configured. Entry type: {@link io.peerdist.runtime.tls.ServerTls}.
 */
@NullMarked
package io.peerdist.runtime.tls;

import org.jspecify.annotations.NullMarked;
