// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.util.Base64;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A client that asks for tickets and checks the proof of the service. Not thread-safe. */
public final class KerberosClient {
    private static final String SPNEGO = "1.3.6.1.5.5.2";
    private static final String KERBEROS = "1.2.840.113554.1.2.2";
    private static final String KERBEROS_NAME = "1.2.840.113554.1.2.2.1";

    private final String principal;
    private final Subject subject;

    KerberosClient(String principal, Subject subject) {
        this.principal = principal;
        this.subject = subject;
    }

    /** Starts to authenticate to {@code service}, wrapped in SPNEGO. */
    public Exchange to(String service) {
        return new Exchange(service, SPNEGO, true);
    }

    /** Starts to authenticate without SPNEGO around it. */
    Exchange bareTo(String service) {
        return new Exchange(service, KERBEROS, true);
    }

    /** Starts to authenticate without wanting a proof of the service. */
    Exchange oneWayTo(String service) {
        return new Exchange(service, SPNEGO, false);
    }

    /** One authentication. */
    public final class Exchange {
        private final GSSContext context;

        private Exchange(String service, String mechanism, boolean mutual) {
            context = SubjectCall.with(subject, () -> {
                try {
                    GSSManager gss = GSSManager.getInstance();
                    Oid oid = new Oid(mechanism);
                    GSSName client = gss.createName(principal, new Oid(KERBEROS_NAME));
                    GSSContext made = gss.createContext(
                            gss.createName(service, new Oid(KERBEROS_NAME)),
                            oid,
                            gss.createCredential(
                                    client, GSSCredential.INDEFINITE_LIFETIME, oid, GSSCredential.INITIATE_ONLY),
                            GSSContext.DEFAULT_LIFETIME);
                    made.requestMutualAuth(mutual);
                    return made;
                } catch (GSSException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        /** The Authorization field to start with. */
        public String authorization() {
            return "Negotiate " + Base64.getEncoder().encodeToString(next(new byte[0]));
        }

        /** The next token, for what the service sent. */
        byte[] next(byte[] answer) {
            return SubjectCall.with(subject, () -> {
                try {
                    byte[] token = context.initSecContext(answer, 0, answer.length);
                    return token == null ? new byte[0] : token;
                } catch (GSSException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        /** Whether the WWW-Authenticate field proves that the service has its keys. */
        public boolean isProvenBy(String challenge) {
            next(Base64.getDecoder().decode(challenge.substring("Negotiate ".length())));
            return context.isEstablished() && context.getMutualAuthState();
        }
    }
}
