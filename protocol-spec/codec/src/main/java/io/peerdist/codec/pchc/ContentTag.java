// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.wire.OctetString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Names the component of a client that offers content: 16 octets without meaning to the protocol. Windows uses four values
 * and counts all others as one. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.4 and note 8</a>
 */
public final class ContentTag extends OctetString {
    /** The length of every content tag. */
    public static final int BYTES = 16;

    /** The label of every tag that Windows does not use. */
    public static final String OTHER_LABEL = "Other";

    /** Clients of the WinINet API. */
    public static final ContentTag WININET = ofText("WinINet");
    /** Clients of the WebIO API. */
    public static final ContentTag WEBIO = ofText("WebIO");
    /** The Background Intelligent Transfer Service. */
    public static final ContentTag BITS = ofText("BITS-4.0");
    /** The SMB client. */
    public static final ContentTag SMB = new ContentTag(HexFormat.of().parseHex("35db045d14234553a0510dc2e15e6c4c"));
    /** For a component that needs no name of its own. */
    public static final ContentTag OTHER = ofText(OTHER_LABEL);

    private ContentTag(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}; throws {@link IllegalArgumentException} for another length than 16. */
    public static ContentTag of(byte[] octets) {
        if (octets.length != BYTES) {
            throw new IllegalArgumentException("content tag length: " + octets.length + " (expected: " + BYTES + ")");
        }
        return new ContentTag(octets);
    }

    private static ContentTag ofText(String text) {
        return new ContentTag(Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), BYTES));
    }

    /** {@code WinINet}, {@code WebIO}, {@code BITS-4.0}, {@code SMB} or {@code Other}: fit to label a counter. */
    public String label() {
        if (equals(SMB)) {
            return "SMB";
        }
        for (ContentTag known : new ContentTag[] {WININET, WEBIO, BITS}) {
            if (text().equals(known.text())) {
                return known.text();
            }
        }
        return OTHER_LABEL;
    }

    /** The octets up to the first zero: nothing says what follows the text in the 16 octets. */
    private String text() {
        String text = new String(toByteArray(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
