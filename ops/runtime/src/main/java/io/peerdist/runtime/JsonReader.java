// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into maps, lists, strings, longs or doubles, booleans and null. Throws
 * {@link IllegalArgumentException} for anything else. For what our own programs print: the whole text is in memory.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 32; // what a daemon sends is nested three deep

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /** The object that is all of {@code text}. */
    public static Map<?, ?> object(String text) {
        JsonReader reader = new JsonReader(text);
        if (reader.value() instanceof Map<?, ?> object && reader.peek() == 0) {
            return object;
        }
        throw reader.unexpected("one object");
    }

    private @Nullable Object value() {
        char first = peek();
        if (++depth > MAX_DEPTH) {
            throw unexpected("nesting of at most " + MAX_DEPTH);
        }
        Object value = switch (first) {
            case '{' -> members();
            case '[' -> elements();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
        depth--;
        return value;
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (boolean more = open('}'); more; more = more('}')) {
            String name = string();
            expect(':');
            members.put(name, value());
        }
        return members;
    }

    private List<@Nullable Object> elements() {
        List<@Nullable Object> elements = new ArrayList<>();
        for (boolean more = open(']'); more; more = more(']')) {
            elements.add(value());
        }
        return elements;
    }

    /** Behind the opening bracket: whether there is a first entry. */
    private boolean open(char close) {
        at++;
        if (peek() == close) {
            at++;
            return false;
        }
        return true;
    }

    /** Behind an entry: whether there is another one. */
    private boolean more(char close) {
        if (peek() == close) {
            at++;
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        for (char next = take(); next != '"'; next = take()) {
            value.append(next == '\\' ? escaped() : next);
        }
        return value.toString();
    }

    private char escaped() {
        char letter = take();
        int plain = "\"\\/bfnrt".indexOf(letter);
        if (plain >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(plain);
        }
        if (letter != 'u' || at + 4 > text.length()) {
            throw unexpected("an escape");
        }
        at += 4;
        try {
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        } catch (NumberFormatException e) {
            throw unexpected("four hexadecimal digits");
        }
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected(word);
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        try {
            if (digits.matches("-?\\d+")) {
                return Long.parseLong(digits);
            }
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw unexpected("a value");
        }
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw unexpected("'" + wanted + "'");
        }
        at++;
    }

    private char take() {
        if (at >= text.length()) {
            throw unexpected("more text");
        }
        return text.charAt(at++);
    }

    /** The next character that is no white space; 0 at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException("JSON at " + at + ": (expected: " + expected + ")");
    }
}
