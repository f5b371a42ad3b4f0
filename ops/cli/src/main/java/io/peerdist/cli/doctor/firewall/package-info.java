// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the rules of nftables and iptables and follows a packet through them. {@link
 * io.peerdist.cli.doctor.firewall.RuleSet} is the entry; nothing here touches the machine.
 */
@NullMarked
package io.peerdist.cli.doctor.firewall;

import org.jspecify.annotations.NullMarked;
