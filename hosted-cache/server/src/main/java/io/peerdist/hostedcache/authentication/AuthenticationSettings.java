// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.peerdist.runtime.config.ConfigurationSection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Settings of client authentication, the section {@code hosted-cache.authentication}.
 *
 * @param mode whether clients need a ticket
 * @param keytab the file with the service's keys; present when the mode is {@code DOMAIN}
 * @param servicePrincipal the one principal of the keytab that tickets may be for; any {@code HTTP/...} when empty
 * @param allow who may offer: {@code @REALM} or {@code name@REALM}, compared as they are written; everybody with a ticket
 *     when empty
 */
public record AuthenticationSettings(
        AuthenticationMode mode, Optional<Path> keytab, Optional<String> servicePrincipal, List<String> allow) {
    /** Everybody may offer. */
    public static final AuthenticationSettings NONE =
            new AuthenticationSettings(AuthenticationMode.NONE, Optional.empty(), Optional.empty(), List.of());

    /** The section within {@code hosted-cache}. */
    public static final String SECTION = "authentication";

    private static final Pattern SERVICE_PRINCIPAL = Pattern.compile("(?i:HTTP)/[^/@\\s]+@[^/@\\s]+");
    private static final Pattern ALLOWED = Pattern.compile("[^@]*@[^/@\\s]+");

    public AuthenticationSettings {
        allow = List.copyOf(allow);
    }

    /** Domain members with the keys of {@code keytab}. */
    public static AuthenticationSettings domain(Path keytab) {
        return new AuthenticationSettings(AuthenticationMode.DOMAIN, Optional.of(keytab), Optional.empty(), List.of());
    }

    /**
     * Reads the section; what is wrong with it is remembered there.
     *
     * @param hasHttps whether offers are taken over HTTPS; without, there is nobody to authenticate
     */
    public static AuthenticationSettings read(ConfigurationSection section, boolean hasHttps) {
        AuthenticationSettings settings = new AuthenticationSettings(
                section.enumeration("mode", AuthenticationMode.class, AuthenticationMode.NONE),
                section.path("keytab"),
                section.optionalString("service-principal"),
                section.strings("allow", List.of()));
        if (settings.mode == AuthenticationMode.DOMAIN && settings.keytab.isEmpty()) {
            section.problem("keytab", "missing (expected: a keytab with the keys of HTTP/<name of this host>)");
        }
        if (settings.mode == AuthenticationMode.DOMAIN && !hasHttps) {
            section.problem(
                    "mode", "domain (expected: none, or an https-port; offers over HTTP have no authentication)");
        }
        settings.servicePrincipal
                .filter(name -> !SERVICE_PRINCIPAL.matcher(name).matches())
                .ifPresent(name -> section.problem(
                        "service-principal", "\"" + name + "\" (expected: HTTP/cache.corp.example@CORP.EXAMPLE)"));
        for (String allowed : settings.allow) {
            if (!ALLOWED.matcher(allowed).matches()) {
                section.problem("allow", "\"" + allowed + "\" (expected: @CORP.EXAMPLE or PC1$@CORP.EXAMPLE)");
            }
        }
        return settings;
    }

    public AuthenticationSettings withServicePrincipal(String principal) {
        return new AuthenticationSettings(mode, keytab, Optional.of(principal), allow);
    }

    public AuthenticationSettings withAllow(String... names) {
        return new AuthenticationSettings(mode, keytab, servicePrincipal, List.of(names));
    }

    /** Whether {@code principal}, as the ticket names it, may offer. */
    boolean allows(String principal) {
        return allow.isEmpty()
                || allow.contains(principal)
                || allow.contains(principal.substring(Math.max(0, principal.lastIndexOf('@'))));
    }

    /**
     * Whether tickets for {@code service} count. Names of hosts differ in case from client to client, and a domain controller
     * does not mind; realms do not.
     */
    boolean serves(String service) {
        int realm = service.lastIndexOf('@') + 1;
        return servicePrincipal
                .map(name -> name.equalsIgnoreCase(service) && name.endsWith(service.substring(realm)))
                .orElseGet(() -> Keytab.isHttp(service));
    }
}
