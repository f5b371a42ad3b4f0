// SPDX-License-Identifier: Apache-2.0
/**
 * The messages of MS-PCCRD: WS-Discovery of April 2005 in SOAP 1.2, one XML document in one UDP datagram.
 * {@link io.peerdist.discovery.message.DiscoveryEncoder} writes the one layout that parsers by string matching read;
 * {@link io.peerdist.discovery.message.DiscoveryDecoder} reads any prefixes and order. No sockets, clocks or threads.
 */
@NullMarked
package io.peerdist.discovery.message;

import org.jspecify.annotations.NullMarked;
