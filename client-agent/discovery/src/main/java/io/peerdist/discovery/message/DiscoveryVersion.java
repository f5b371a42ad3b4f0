// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

/**
 * The two forms of the messages; which one is used follows the version of the content information.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.2, 2.2.3.1, 2.2.3.5</a>
 */
public enum DiscoveryVersion {
    /** Identifiers in hexadecimal, answers with counts of blocks. What Windows 7 and iPXE speak. */
    V1("PeerDistData", "http://schemas.xmlsoap.org/ws/2005/04/discovery/strcmp0", 1),
    /** Identifiers packed in base64, answers with two bits for each. */
    V2("PeerDistDataV2", "http://schemas.microsoft.com/p2p/2010/05/PeerDistV2MatchingRule", 2);

    private final String type;
    private final String matchBy;
    private final int metadataVersion;

    DiscoveryVersion(String type, String matchBy, int metadataVersion) {
        this.type = type;
        this.matchBy = matchBy;
        this.metadataVersion = metadataVersion;
    }

    /** The local name of the element {@code Types}' value. */
    String type() {
        return type;
    }

    /** The rule by which the scopes of a probe are compared. */
    String matchBy() {
        return matchBy;
    }

    /** What a match of this version says in {@code MetadataVersion}. */
    int metadataVersion() {
        return metadataVersion;
    }
}
