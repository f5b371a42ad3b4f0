// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Walks through an XML document from the network, down its elements and back. There are no document types and no entities
 * but the five of XML itself, and limits on depth and number of elements. Not thread-safe.
 */
final class SoapReader {
    /** A match's block count lies 7 deep; WS-Discovery extensions may nest a little further. */
    static final int MAX_DEPTH = 16;
    /** A message of one match has 20 elements; this leaves room for {@link ProbeMatches#MAX_MATCHES}. */
    static final int MAX_ELEMENTS = 256;
    /** A message has 4 namespaces and 2 attributes; toolkits add some. */
    private static final String MAX_ATTRIBUTES = "32";

    private static final int MAX_TYPES = 16;

    private final XMLStreamReader xml;
    private int depth;
    private int elements;

    SoapReader(XMLInputFactory factory, String document) throws XMLStreamException {
        xml = factory.createXMLStreamReader(new StringReader(document));
    }

    /** A factory whose parsers read nothing but the document and expand nothing. */
    static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        // The parser compares the attributes of an element with each other.
        factory.setProperty("jdk.xml.elementAttributeLimit", MAX_ATTRIBUTES);
        return factory;
    }

    /** Moves to the next child of the element that was entered last; false, and back to the parent, when there is none. */
    boolean nextChild() throws XMLStreamException {
        while (true) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    enter();
                    return true;
                }
                case XMLStreamConstants.END_ELEMENT, XMLStreamConstants.END_DOCUMENT -> {
                    depth--;
                    return false;
                }
                default -> refuseDocumentType();
            }
        }
    }

    private void enter() {
        depth++;
        elements++;
        if (depth > MAX_DEPTH || elements > MAX_ELEMENTS) {
            throw new IllegalArgumentException("element " + elements + " at depth " + depth + " (expected: at most "
                    + MAX_ELEMENTS + ", at depth " + MAX_DEPTH + ")");
        }
    }

    private void refuseDocumentType() {
        int event = xml.getEventType();
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new IllegalArgumentException("document type or entity (expected: none)");
        }
    }

    /** Whether the element that was entered last has this name. */
    boolean is(String namespace, String name) {
        return name.equals(xml.getLocalName()) && namespace.equals(xml.getNamespaceURI());
    }

    /** Leaves the element that was entered last, with all in it. */
    void skip() throws XMLStreamException {
        int parent = depth - 1;
        while (depth > parent) {
            nextChild();
        }
    }

    /** The text of the element that was entered last, without blanks around it; leaves the element. */
    String text() throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (xml.next()) {
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    return text.toString().strip();
                }
                case XMLStreamConstants.START_ELEMENT ->
                    throw new IllegalArgumentException("element " + xml.getLocalName() + " (expected: text)");
                default -> refuseDocumentType();
            }
        }
    }

    /** The names in the text of the element that was entered last that belong to {@code namespace}; leaves the element. */
    List<String> namesIn(String namespace) throws XMLStreamException {
        StringTokenizer tokens = new StringTokenizer(text());
        List<String> names = new ArrayList<>();
        for (int i = 0; tokens.hasMoreTokens(); i++) {
            if (i == MAX_TYPES) {
                throw new IllegalArgumentException("more than " + MAX_TYPES + " types");
            }
            String name = tokens.nextToken();
            int colon = name.indexOf(':');
            // The text is behind, but the element's namespaces hold until the next step.
            if (namespace.equals(xml.getNamespaceURI(colon < 0 ? "" : name.substring(0, colon)))) {
                names.add(name.substring(colon + 1));
            }
        }
        return names;
    }

    /** An attribute without a namespace, or null. */
    @Nullable
    String attribute(String name) {
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            String namespace = xml.getAttributeNamespace(i);
            if (name.equals(xml.getAttributeLocalName(i)) && (namespace == null || namespace.isEmpty())) {
                return xml.getAttributeValue(i).strip();
            }
        }
        return null;
    }

    /** Characters from the start of the document. */
    int offset() {
        return xml.getLocation().getCharacterOffset();
    }
}
