// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** Discovery cannot start: its port cannot be listened on, or the interfaces cannot be read. The message says why. */
public final class DiscoveryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DiscoveryException(String message, Throwable cause) {
        super(message, cause);
    }
}
