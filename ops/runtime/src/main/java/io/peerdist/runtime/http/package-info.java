// SPDX-License-Identifier: Apache-2.0
/**
 * A listener for HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112) that keeps bad clients away from the handlers behind it: limits
 * on connections, sizes and times, strict framing, one request at a time per connection, graceful close. Entry type:
 * {@link io.peerdist.runtime.http.HttpListener}.
 */
@NullMarked
package io.peerdist.runtime.http;

import org.jspecify.annotations.NullMarked;
