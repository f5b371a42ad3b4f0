// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PeerdistTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"agent", "content-info", "content-server", "demo", "doctor", "get", "hosted-cache", "secret"})
    void makesOnlyTheSubcommandThatIsAskedFor(String name) {
        CommandLine commandLine = Peerdist.commandLine(name, "--help");

        assertThat(commandLine.getSubcommands()).containsOnlyKeys(name);
    }

    @Test
    void namesAllSubcommandsInTheHelp() {
        assertThat(output("--help"))
                .contains("agent", "content-info", "content-server", "demo", "doctor", "get", "hosted-cache", "secret");
    }

    @Test
    void suggestsASubcommandForAnUnknownOne() {
        assertThat(output("hosted-cach", "run")).contains("(did you mean \"hosted-cache\"?)");
    }

    private static String output(String... arguments) {
        StringWriter text = new StringWriter();
        Peerdist.commandLine(arguments)
                .setOut(new PrintWriter(text))
                .setErr(new PrintWriter(text))
                .execute(arguments);
        return text.toString();
    }
}
