// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.util.Locale;

/** What ports belong to. */
enum Transport {
    TCP,
    UDP;

    /** {@code tcp} or {@code udp}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
