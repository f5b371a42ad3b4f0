// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the keytab when the daemon starts, so that what is wrong with it is said then and not to each client. Later the
 * JDK reads the file again whenever it changes.
 */
final class KeytabCheck {
    private static final Logger log = LoggerFactory.getLogger(KeytabCheck.class);

    private KeytabCheck() {}

    /**
     * The principals that clients may ask tickets of.
     *
     * @throws FailureException {@code CONFIGURATION} when there are none, or the file cannot be read
     */
    static List<String> services(Path file, AuthenticationSettings settings) {
        Keytab keytab = Keytab.read(octets(file))
                .orElseThrow(
                        () -> failure(file, "is no keytab (expected: a file of ktutil, ktpass, samba-tool or adcli)"));
        List<Keytab.Entry> serving = keytab.entries().stream()
                .filter(entry -> settings.serves(entry.principal()))
                .toList();
        if (serving.isEmpty()) {
            throw failure(
                    file,
                    "has no key of " + settings.servicePrincipal().orElse("a principal HTTP/...") + " (it has: "
                            + names(keytab.entries()) + "). Make one for the name that clients call this cache by");
        }
        List<Keytab.Entry> weak =
                serving.stream().filter(entry -> !entry.isStrong()).toList();
        if (weak.size() == serving.size()) {
            log.warn(
                    "keytab {}: no AES key of {}; Java takes no other by default. Make the keytab anew with AES keys",
                    file,
                    names(serving));
        }
        warnIfReadable(file);
        return serving.stream().map(Keytab.Entry::principal).distinct().toList();
    }

    private static byte[] octets(Path file) {
        if (Files.isDirectory(file)) {
            throw failure(file, "is a directory (expected: a file)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(Keytab.MAX_BYTES + 1);
            if (octets.length > Keytab.MAX_BYTES) {
                throw failure(file, "is longer than " + Keytab.MAX_BYTES + " octets (expected: a keytab)");
            }
            return octets;
        } catch (NoSuchFileException e) {
            throw failure(file, "does not exist");
        } catch (AccessDeniedException e) {
            throw failure(
                    file, "cannot be read by this user. Let it be read by " + System.getProperty("user.name", "it"));
        } catch (IOException e) {
            throw failure(file, "cannot be read: " + e.getMessage());
        }
    }

    private static void warnIfReadable(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                log.warn(
                        "keytab {}: everybody on this machine can read it, and act as this service. chmod o-r it",
                        file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("keytab {}: permissions unknown: {}", file, e.toString());
        }
    }

    private static String names(List<Keytab.Entry> entries) {
        return entries.isEmpty()
                ? "nothing"
                : entries.stream().map(Keytab.Entry::principal).distinct().collect(Collectors.joining(", "));
    }

    private static FailureException failure(Path file, String what) {
        return new FailureException(ExitCode.CONFIGURATION, "keytab " + file + ": " + what);
    }
}
