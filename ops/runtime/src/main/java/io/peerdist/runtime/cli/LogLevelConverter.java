// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.LoggingSetup;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class LogLevelConverter implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
        String level = value.toLowerCase(Locale.ROOT);
        if (!LoggingSetup.LEVELS.contains(level)) {
            throw new TypeConversionException("\"" + value + "\" (expected: error, warn, info, debug or trace)");
        }
        return level;
    }
}
