// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.wire.OctetString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Names the component of a client that offers content: 16 octets without meaning to the protocol. Windows uses four values
 * and counts all others as one. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.4 and note 8</a>
 */
public final class ContentTag extends OctetString {
    /** The length of every content tag. */
    public static final int BYTES = 16;

    /** Clients of the WinINet API. */
    public static final ContentTag WININET = ofText("WinINet");
    /** Clients of the WebIO API. */
    public static final ContentTag WEBIO = ofText("WebIO");
    /** The Background Intelligent Transfer Service. */
    public static final ContentTag BITS = ofText("BITS-4.0");
    /** The SMB client. */
    public static final ContentTag SMB = new ContentTag(HexFormat.of().parseHex("35db045d14234553a0510dc2e15e6c4c"));
    /** For a component that needs no name of its own. */
    public static final ContentTag OTHER = ofText("Other");

    private static final List<ContentComponent> TEXTUAL =
            List.of(ContentComponent.WININET, ContentComponent.WEBIO, ContentComponent.BITS);

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

    /** Which of the components that Windows tells apart the tag names. */
    public ContentComponent component() {
        return componentOf(toByteArray());
    }

    /** The component that a tag of these octets names; does not check their count. */
    public static ContentComponent componentOf(byte[] tag) {
        if (Arrays.equals(tag, SMB.toByteArray())) {
            return ContentComponent.SMB;
        }
        String text = text(tag);
        for (ContentComponent component : TEXTUAL) {
            if (text.equals(component.label())) {
                return component;
            }
        }
        return ContentComponent.OTHER;
    }

    /** {@code WinINet}, {@code WebIO}, {@code BITS-4.0}, {@code SMB} or {@code other}: fit to label a counter. */
    public String label() {
        return component().label();
    }

    /** The octets up to the first zero: nothing says what follows the text in the 16 octets. */
    private static String text(byte[] tag) {
        String text = new String(tag, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
