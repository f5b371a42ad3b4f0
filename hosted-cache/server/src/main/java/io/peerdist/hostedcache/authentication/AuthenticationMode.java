// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

/** Who may offer over HTTPS. */
public enum AuthenticationMode {
    /** Everybody. */
    NONE,
    /** Who has a Kerberos ticket for this service: members of a domain. */
    DOMAIN
}
