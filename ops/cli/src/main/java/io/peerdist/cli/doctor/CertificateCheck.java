// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.tls.CertificateFacts;
import io.peerdist.runtime.tls.TlsSettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the certificate of a port, and its key. */
final class CertificateCheck implements Check {
    private static final String REPLACE =
            "Put a new certificate and its key in their place; the daemon takes them without a" + " restart.";

    private final TlsSettings settings;
    private final InstantSource wall;

    CertificateCheck(TlsSettings settings, InstantSource wall) {
        this.settings = settings;
        this.wall = wall;
    }

    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public List<Finding> run() {
        Optional<CertificateFacts> read;
        try {
            read = CertificateFacts.read(settings);
        } catch (FailureException e) {
            return List.of(
                    Finding.problem(
                            name(),
                            e.sentence(),
                            "Name files that the daemon's user can read, in the section tls; ops/docs/configuration.md has the forms."));
        }
        if (read.isEmpty()) {
            return List.of(Finding.ok(
                    name(), "a self-signed one is made at the first start, in " + settings.selfSignedDirectory()));
        }
        CertificateFacts facts = read.get();
        List<Finding> findings = new ArrayList<>();
        findings.add(time(facts, wall.instant()));
        String subject = facts.subject() + " in " + facts.source();
        facts.objections().forEach(objection -> findings.add(Finding.hint(name(), subject + " " + objection, REPLACE)));
        facts.exposed()
                .forEach(file -> findings.add(Finding.hint(
                        name(), "every user of this machine can read the key in " + file, "chmod 640 " + file + ".")));
        if (facts.selfSigned()) {
            findings.add(Finding.hint(
                    name(),
                    "it is self-signed, so clients trust it only if they are told to",
                    "Add " + facts.source()
                            + " to the trusted authorities of the clients that offer over HTTPS, or name"
                            + " a certificate of your own authority in the section tls."));
        }
        return findings;
    }

    private Finding time(CertificateFacts facts, Instant now) {
        String subject = facts.subject() + " in " + facts.source();
        if (now.isAfter(facts.notAfter())) {
            return Finding.problem(name(), subject + " has expired at " + facts.notAfter(), REPLACE);
        }
        if (now.isBefore(facts.notBefore())) {
            return Finding.problem(
                    name(),
                    subject + " is not valid before " + facts.notBefore(),
                    "Look at the clock of this machine: timedatectl.");
        }
        if (now.plus(CertificateFacts.EXPIRES_SOON).isAfter(facts.notAfter())) {
            return Finding.hint(name(), subject + " expires at " + facts.notAfter(), REPLACE);
        }
        return Finding.ok(name(), subject + " is valid until " + facts.notAfter() + " and belongs to its key");
    }
}
