// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KeyTab;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts Kerberos tickets with the keys of a keytab, in SPNEGO tokens or bare. Needs no login, no {@code krb5.conf} and
 * no connection to a domain controller: the keytab alone proves tickets. The JDK reads the file again when it has changed,
 * and remembers in memory which authenticators it has seen, so that a token that was overheard is refused. Thread-safe.
 */
final class KerberosService implements Supplier<SecurityContext> {
    private static final Logger log = LoggerFactory.getLogger(KerberosService.class);

    private static final Oid SPNEGO = oid("1.3.6.1.5.5.2"); // RFC 4178
    private static final Oid KERBEROS = oid("1.2.840.113554.1.2.2"); // RFC 4121

    private final GSSManager gss = GSSManager.getInstance();
    private final Subject keys;

    KerberosService(Path keytab) {
        // Not bound to one principal: the ticket names whose key is to be used.
        keys = new Subject(false, Set.of(), Set.of(), Set.of(KeyTab.getUnboundInstance(keytab.toFile())));
    }

    @Override
    public SecurityContext get() {
        return new AcceptingContext(gss, keys);
    }

    /** The JDK's context, made at the first token, on the thread that takes it. */
    private static final class AcceptingContext implements SecurityContext {
        private final GSSManager gss;
        private final Subject keys;
        private GSSContext context;

        @SuppressWarnings("NullAway.Init") // set by the first accept
        AcceptingContext(GSSManager gss, Subject keys) {
            this.gss = gss;
            this.keys = keys;
        }

        @Override
        public Step accept(byte[] token) {
            return SubjectCall.with(keys, () -> step(token));
        }

        private Step step(byte[] token) {
            try {
                if (context == null) {
                    context = gss.createContext(gss.createCredential(
                            null,
                            GSSCredential.INDEFINITE_LIFETIME,
                            new Oid[] {SPNEGO, KERBEROS},
                            GSSCredential.ACCEPT_ONLY));
                }
                byte[] answer = context.acceptSecContext(token, 0, token.length);
                if (!context.isEstablished()) {
                    return answer == null ? new Refused("an end without an answer") : new Incomplete(base64(answer));
                }
                return new Established(
                        context.getSrcName().toString(),
                        context.getTargName().toString(),
                        answer == null ? null : base64(answer));
            } catch (GSSException e) {
                return new Refused(reason(e));
            } catch (RuntimeException e) {
                // The JDK's readers of tokens are not all as strict as they should be.
                log.debug("the JDK failed to read a token", e);
                return new Refused("unreadable: " + e);
            }
        }

        private static String base64(byte[] token) {
            return Base64.getEncoder().encodeToString(token);
        }

        /** What Kerberos said lies below what GSS says of it. */
        private static String reason(GSSException e) {
            Throwable cause = e.getCause();
            return String.valueOf(cause == null || cause.getMessage() == null ? e.getMessage() : cause.getMessage());
        }

        @Override
        public void close() {
            if (context != null) {
                try {
                    context.dispose();
                } catch (GSSException e) {
                    log.debug("a security context could not be disposed of", e);
                }
            }
        }
    }

    private static Oid oid(String dotted) {
        try {
            return new Oid(dotted);
        } catch (GSSException e) {
            throw new IllegalStateException(dotted, e);
        }
    }
}
