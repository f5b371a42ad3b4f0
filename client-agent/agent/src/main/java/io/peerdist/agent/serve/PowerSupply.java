// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this machine runs on battery, as the kernel tells it: a directory for each supply, with files {@code type},
 * {@code online}, {@code status} and {@code scope}. May read slowly, as some batteries answer slowly.
 *
 * @see <a href="https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power">sysfs-class-power</a>
 */
final class PowerSupply {
    /** Where Linux has it. */
    static final Path SYSTEM = Path.of("/sys/class/power_supply");

    /** More than a machine with two batteries, a dock, and a wireless mouse and keyboard has. */
    private static final int MAX_SUPPLIES = 64;

    private static final int MAX_VALUE_BYTES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(PowerSupply.class);

    private PowerSupply() {}

    /** A battery of the machine itself is being emptied, and nothing that gives power is plugged in. */
    static boolean onBattery(Path directory) {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        boolean discharging = false;
        try (DirectoryStream<Path> supplies = Files.newDirectoryStream(directory)) {
            int seen = 0;
            for (Path supply : supplies) {
                if (seen++ == MAX_SUPPLIES) {
                    break;
                }
                boolean battery = value(supply, "type").equals("Battery");
                if (!battery && value(supply, "online").equals("1")) {
                    return false;
                }
                // A mouse has a battery too, whose scope is a device.
                discharging |= battery
                        && !value(supply, "scope").equals("Device")
                        && value(supply, "status").equals("Discharging");
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("{}: not to be read; taken as mains", directory, e);
            return false;
        }
        return discharging;
    }

    /** Empty when there is none. */
    private static String value(Path supply, String name) {
        try (InputStream in = Files.newInputStream(supply.resolve(name))) {
            return new String(in.readNBytes(MAX_VALUE_BYTES), StandardCharsets.US_ASCII).trim();
        } catch (IOException e) {
            return ""; // not every kind of supply has every file, and one may be unplugged meanwhile
        }
    }
}
