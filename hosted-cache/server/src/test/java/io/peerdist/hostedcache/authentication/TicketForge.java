// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.common.EncryptionUtil;
import org.apache.kerby.kerberos.kerb.crypto.EncryptionHandler;
import org.apache.kerby.kerberos.kerb.keytab.Keytab;
import org.apache.kerby.kerberos.kerb.type.KerberosTime;
import org.apache.kerby.kerberos.kerb.type.base.EncryptionKey;
import org.apache.kerby.kerberos.kerb.type.base.EncryptionType;
import org.apache.kerby.kerberos.kerb.type.base.KeyUsage;
import org.apache.kerby.kerberos.kerb.type.base.NameType;
import org.apache.kerby.kerberos.kerb.type.base.PrincipalName;
import org.apache.kerby.kerberos.kerb.type.base.TransitedEncoding;
import org.apache.kerby.kerberos.kerb.type.base.TransitedEncodingType;
import org.apache.kerby.kerberos.kerb.type.ticket.EncTicketPart;
import org.apache.kerby.kerberos.kerb.type.ticket.Ticket;
import org.apache.kerby.kerberos.kerb.type.ticket.TicketFlags;

/** Makes tickets that no KDC would: of any client of any realm, for any time. Who has a service's keys can. */
final class TicketForge {
    private static final EncryptionType TYPE = EncryptionType.AES128_CTS_HMAC_SHA1_96;

    private final String service;
    private final EncryptionKey serviceKey;

    TicketForge(String service, Path keytab) {
        this.service = service;
        try {
            serviceKey = Keytab.loadKeytab(keytab.toFile()).getKey(new PrincipalName(service), TYPE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that believes its ticket to be good, whatever it is. */
    KerberosClient client(String name, String realm, Instant from, Instant until) {
        try {
            EncryptionKey session = EncryptionHandler.random2Key(TYPE);
            byte[] ticket = ticket(name, realm, session, from, until).encode();
            KerberosPrincipal client = new KerberosPrincipal(name + "@" + realm);
            Subject subject = new Subject(
                    false,
                    Set.of(client),
                    Set.of(),
                    Set.of(
                            believed(ticket, client, "krbtgt/" + realm + "@" + realm, session),
                            believed(ticket, client, service, session)));
            return new KerberosClient(client.getName(), subject);
        } catch (KrbException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ticket ticket(String name, String realm, EncryptionKey session, Instant from, Instant until)
            throws KrbException {
        TransitedEncoding transited = new TransitedEncoding();
        transited.setTrType(TransitedEncodingType.DOMAIN_X500_COMPRESS);
        transited.setContents(new byte[0]);
        EncTicketPart part = new EncTicketPart();
        part.setFlags(new TicketFlags(0));
        part.setKey(session);
        part.setCrealm(realm);
        part.setCname(new PrincipalName(name, NameType.NT_PRINCIPAL));
        part.setTransited(transited);
        part.setAuthTime(new KerberosTime(from.toEpochMilli()));
        part.setStartTime(new KerberosTime(from.toEpochMilli()));
        part.setEndTime(new KerberosTime(until.toEpochMilli()));
        Ticket ticket = new Ticket();
        ticket.setSname(new PrincipalName(service.substring(0, service.indexOf('@')), NameType.NT_SRV_INST));
        ticket.setRealm(service.substring(service.indexOf('@') + 1));
        ticket.setEncryptedEncPart(EncryptionUtil.seal(part, serviceKey, KeyUsage.KDC_REP_TICKET));
        return ticket;
    }

    private static KerberosTicket believed(
            byte[] ticket, KerberosPrincipal client, String server, EncryptionKey session) {
        Date now = Date.from(io.peerdist.runtime.Clock.system().instant());
        Date later = Date.from(now.toInstant().plusSeconds(3_600));
        return new KerberosTicket(
                ticket,
                client,
                new KerberosPrincipal(server, KerberosPrincipal.KRB_NT_SRV_INST),
                session.getKeyData(),
                TYPE.getValue(),
                new boolean[32],
                now,
                now,
                later,
                null,
                null);
    }
}
