// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

/** How a request counts in the metrics. */
enum RequestKind {
    /** GET that got bytes of the file, or would have but for a condition. */
    PLAIN,
    /** GET that got content information. */
    PEERDIST,
    /** GET with {@code MissingDataRequest=true}: the client found the bytes nowhere else. */
    MISSING,
    /** GET with {@code HashRequest=true}: asked for again after {@code MakeHashRequest}, whatever it got. */
    HASH,
    /** HEAD. */
    HEAD,
    /** Everything that is no request for a file that exists. */
    OTHER
}
