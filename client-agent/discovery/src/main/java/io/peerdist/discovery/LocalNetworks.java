// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subnets that discovery takes part in, as they are now. Thread-safe. */
final class LocalNetworks {
    private volatile List<LocalNetwork> all = List.of();

    void set(List<LocalNetwork> networks) {
        all = List.copyOf(networks);
    }

    List<LocalNetwork> all() {
        return all;
    }

    /** The subnet of {@code source}, or null when it is on none. */
    @Nullable
    LocalNetwork of(InetAddress source) {
        for (LocalNetwork each : all) {
            if (each.contains(source)) {
                return each;
            }
        }
        return null;
    }

    /** All subnets on the interface of {@code network}. */
    List<LocalNetwork> sharingInterface(LocalNetwork network) {
        return all.stream()
                .filter(each -> each.interfaceIndex() == network.interfaceIndex())
                .toList();
    }
}
