// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

/** Namespaces, actions and sizes of the messages (MS-PCCRD 2.2.1 and WS-Discovery of April 2005). */
final class DiscoveryNames {
    static final String SOAP = "http://www.w3.org/2003/05/soap-envelope";
    static final String ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    static final String DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
    static final String PEER_DIST = "http://schemas.microsoft.com/p2p/2007/09/PeerDistributionDiscovery";

    static final String PROBE_ACTION = DISCOVERY + "/Probe";
    static final String MATCHES_ACTION = DISCOVERY + "/ProbeMatches";
    static final String DISCOVERY_ADDRESS = "urn:schemas-xmlsoap-org:ws:2005:04:discovery";
    static final String ANONYMOUS = ADDRESSING + "/role/anonymous";

    private DiscoveryNames() {}
}
