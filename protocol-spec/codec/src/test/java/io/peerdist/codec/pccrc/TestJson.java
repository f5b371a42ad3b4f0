// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON without escapes or fractions into maps, lists, strings and longs: enough for the vector file. */
final class TestJson {
    private final String text;
    private int at;

    private TestJson(String text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked") // the file's outermost value is an object
    static Map<String, Object> parseObject(String text) {
        return (Map<String, Object>) new TestJson(text).value();
    }

    private Object value() {
        char first = next();
        if (first == '{') {
            return object();
        }
        if (first == '[') {
            return array();
        }
        if (first == '"') {
            int from = at;
            at = text.indexOf('"', at) + 1;
            return text.substring(from, at - 1);
        }
        int from = at - 1;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return Long.parseLong(text.substring(from, at));
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        char separator = peek();
        while (separator != '}') {
            String name = (String) value();
            if (next() != ':') {
                throw new IllegalArgumentException("JSON at " + at + " (expected: a colon)");
            }
            members.put(name, value());
            separator = next();
        }
        return members;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        char separator = peek();
        while (separator != ']') {
            elements.add(value());
            separator = next();
        }
        return elements;
    }

    private char peek() {
        char first = next();
        if (first != '}' && first != ']') {
            at--;
        }
        return first;
    }

    private char next() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.charAt(at++);
    }
}
