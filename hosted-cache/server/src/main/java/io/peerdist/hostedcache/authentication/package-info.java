// SPDX-License-Identifier: Apache-2.0
/**
 * Client authentication of version 1.0 offers (MS-PCHC 2.1): HTTP Negotiate (RFC 4559) with SPNEGO (RFC 4178) around
 * Kerberos, by the GSS-API of the JDK and a keytab. {@link io.peerdist.hostedcache.authentication.ClientAuthentication}
 * makes the handler that stands in front of the offers; what a connection may do is decided apart from sockets and threads.
 */
@NullMarked
package io.peerdist.hostedcache.authentication;

import org.jspecify.annotations.NullMarked;
