// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.peerdist.agent.publish.PublishReport;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.ManagementClient;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Has a running agent take a file that is served at a port of loopback, and waits for it. */
final class PublishQuestion {
    private final ManagementClient client;

    PublishQuestion(ManagementClient client) {
        this.client = client;
    }

    /** @param version {@code 1}, {@code 2}, or empty for any */
    PublishReport ask(URI url, String version, int port, AgentPublishCommand.Progress progress) {
        String begun = client.post("publish?url=" + URLEncoder.encode(url.toString(), UTF_8) + "&port=" + port
                + (version.isEmpty() ? "" : "&version=" + version));
        Object id = client.parse(begun).get("id");
        while (true) {
            Map<?, ?> told = client.parse(client.get("publish/" + id)); // answers when it ends, or after a while
            switch (String.valueOf(told.get("state"))) {
                case "running" -> progress.progress(number(told, "bytes"), number(told, "doneBytes"));
                case "complete" -> {
                    if (told.get("warnings") instanceof List<?> warnings) {
                        warnings.forEach(warning -> progress.warning(String.valueOf(warning)));
                    }
                    if (told.get("report") instanceof Map<?, ?> report) {
                        return PublishReport.of(report);
                    }
                    throw new FailureException(ExitCode.WORK_FAILED, "the agent told no result");
                }
                default -> throw new FailureException(exitCode(told), String.valueOf(told.get("error")));
            }
        }
    }

    private static long number(Map<?, ?> told, String name) {
        return told.get(name) instanceof Long number ? number : 0;
    }

    private static ExitCode exitCode(Map<?, ?> told) {
        return Arrays.stream(ExitCode.values())
                .filter(code -> told.get("exitCode") instanceof Long number && number == code.code())
                .findFirst()
                .orElse(ExitCode.WORK_FAILED);
    }
}
