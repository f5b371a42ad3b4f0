// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a port: 0 to 65535, 0 meaning any. Name it as {@code converter} of a port option. */
public final class PortConverter implements ITypeConverter<Integer> {
    private static final int PORT_MAX = 0xFFFF;

    @Override
    public Integer convert(String value) {
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > PORT_MAX) {
            throw new TypeConversionException("\"" + value + "\" (expected: a port from 0 to 65535, 0 means any)");
        }
        return Integer.valueOf(value);
    }
}
