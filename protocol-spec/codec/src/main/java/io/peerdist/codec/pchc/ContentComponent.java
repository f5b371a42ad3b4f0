// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

/**
 * The components of a client that offer content, as Windows tells them apart by their content tags.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC note 8</a>
 */
public enum ContentComponent {
    /** Clients of the WinINet API. */
    WININET("WinINet"),
    /** Clients of the WebIO API. */
    WEBIO("WebIO"),
    /** The Background Intelligent Transfer Service. */
    BITS("BITS-4.0"),
    /** The SMB client. */
    SMB("SMB"),
    /** Anything else. */
    OTHER("other");

    private final String label;

    ContentComponent(String label) {
        this.label = label;
    }

    /** Fit to label a counter. */
    public String label() {
        return label;
    }
}
