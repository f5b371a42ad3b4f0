// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.client.KrbClient;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.apache.kerby.util.NetworkUtil;

/**
 * A realm with a KDC (Apache Kerby) on loopback. While it is open, {@code java.security.krb5.conf} of this virtual machine
 * names it; nothing else in these tests uses Kerberos.
 */
public final class KerberosRealm implements AutoCloseable {
    /** Its name. */
    public static final String NAME = "CORP.EXAMPLE";
    /** The service that clients of {@code localhost} ask tickets of. */
    public static final String SERVICE = "HTTP/localhost@" + NAME;
    /** A machine of the realm. */
    public static final String PC1 = "PC1$@" + NAME;

    private static final String LOCAL = "127.0.0.1";
    private static final String PASSWORD = "correct horse";
    private static final String CONFIGURATION = "java.security.krb5.conf";

    private final SimpleKdcServer kdc;
    private final Path directory;
    private final Path configuration;
    private final String configurationBefore;
    private final Set<String> principals = new HashSet<>();

    /** Starts the KDC with files in {@code directory}. */
    public KerberosRealm(Path directory) {
        this.directory = directory;
        configurationBefore = System.getProperty(CONFIGURATION);
        configuration = directory.resolve("krb5.conf");
        try {
            int port = NetworkUtil.getServerPort();
            Files.writeString(configuration, """
                    [libdefaults]
                      default_realm = %1$s
                      dns_lookup_kdc = false
                      dns_lookup_realm = false
                      dns_canonicalize_hostname = false
                      rdns = false
                      udp_preference_limit = 1
                    [realms]
                      %1$s = {
                        kdc = %2$s:%3$d
                      }
                    [domain_realm]
                      localhost = %1$s
                    """.formatted(NAME, LOCAL, port));
            kdc = new SimpleKdcServer();
            kdc.setKdcRealm(NAME);
            kdc.setKdcHost(LOCAL);
            kdc.setAllowUdp(false);
            kdc.setKdcTcpPort(port);
            kdc.setWorkDir(Files.createDirectories(directory.resolve("kdc")).toFile());
            kdc.init();
            kdc.start();
            System.setProperty(CONFIGURATION, configuration.toString()); // after Kerby has set its own
            add(SERVICE);
            add(PC1);
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the realm is described for programs other than this one. */
    public Path configuration() {
        return configuration;
    }

    /** A new keytab with the keys of {@code names}; principals that are unknown are made. */
    public Path keytab(String... names) {
        try {
            Path keytab = Files.createTempFile(directory, "keys", ".keytab");
            Files.delete(keytab); // Kerby would read it
            for (String name : names) {
                add(name);
                kdc.exportPrincipal(name, keytab.toFile());
            }
            Files.setPosixFilePermissions(keytab, PosixFilePermissions.fromString("rw-------"));
            return keytab;
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives {@code principal} new keys. */
    public void renew(String principal) {
        try {
            kdc.deletePrincipal(principal);
            principals.remove(principal);
            add(principal);
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code principal} with the ticket for tickets that it got for its password. */
    public KerberosClient client(String principal) {
        return new KerberosClient(principal, KerberosLogin.withPassword(principal, password(principal)));
    }

    /** A file with the ticket for tickets of {@code principal}, as MIT's programs keep it. */
    public Path ticketCache(String principal) {
        try {
            KrbClient client = kdc.getKrbClient();
            File cache = Files.createTempFile(directory, "tickets", ".ccache").toFile();
            client.storeTicket(client.requestTgt(principal, password(principal)), cache);
            return cache.toPath();
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code principal} shows the KDC. */
    public String password(String principal) {
        return PASSWORD + " " + principal;
    }

    /** A client that has {@code tickets}. */
    KerberosClient client(String principal, Subject tickets) {
        return new KerberosClient(principal, tickets);
    }

    private void add(String principal) throws KrbException {
        if (principals.add(principal)) {
            kdc.createPrincipal(principal, password(principal));
        }
    }

    @Override
    public void close() {
        try {
            kdc.stop();
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        } finally {
            if (configurationBefore == null) {
                System.clearProperty(CONFIGURATION);
            } else {
                System.setProperty(CONFIGURATION, configurationBefore);
            }
        }
    }
}
