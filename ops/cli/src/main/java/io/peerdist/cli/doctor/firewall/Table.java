// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.LinkedHashMap;
import java.util.Map;

/** Chains that can jump to each other. Filled while a rule set is read. */
final class Table {
    /** {@code table inet filter}, {@code iptables}. */
    final String label;

    final boolean ipv4;
    final boolean ipv6;
    final Map<String, Chain> chains = new LinkedHashMap<>();

    Table(String label, boolean ipv4, boolean ipv6) {
        this.label = label;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }
}
