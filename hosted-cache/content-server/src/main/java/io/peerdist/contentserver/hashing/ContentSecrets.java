// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The server secrets, Ks, that one secret key gives for the two versions of content information (MS-PCCRC 2.2), and a
 * name for them that tells nothing. Immutable.
 */
public final class ContentSecrets {
    private static final byte[] ID_LABEL = "peerdist content server secret id\0".getBytes(StandardCharsets.US_ASCII);

    /** 64 bits: a server has a handful of secrets in all its life. */
    public static final int PARAMETERS_TAG_BYTES = 8;

    private static final int SHORT_ID_DIGITS = 12;

    private final ServerSecret v1;
    private final ServerSecret v2;
    private final String id;
    private final byte[] parametersTag;

    private ContentSecrets(ServerSecret v1, ServerSecret v2, String id) {
        this.v1 = v1;
        this.v2 = v2;
        this.id = id;
        this.parametersTag = Arrays.copyOf(
                HashAlgorithm.SHA_256.hash(octets(parametersId()), 0, octets(parametersId()).length),
                PARAMETERS_TAG_BYTES);
    }

    /** Derives both server secrets from {@code key}. */
    public static ContentSecrets derive(SecretKey key) {
        ServerSecret v1 = ServerSecret.derive(HashAlgorithm.SHA_256, key);
        ServerSecret v2 = ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, key);
        MessageDigest digest = HashAlgorithm.SHA_256.newDigest();
        digest.update(ID_LABEL);
        digest.update(v1.asByteBuffer());
        digest.update(v2.asByteBuffer());
        return new ContentSecrets(v1, v2, HexFormat.of().formatHex(digest.digest()));
    }

    /** For version 1.0 content information with SHA-256. */
    public ServerSecret v1() {
        return v1;
    }

    /** For version 2.0 content information. */
    public ServerSecret v2() {
        return v2;
    }

    /** A hash of both, in hexadecimal: other for another key, and no way back to it. */
    public String id() {
        return id;
    }

    /**
     * Names everything but the file that content information depends on: the secrets and how segments are cut. Kept
     * content information is only good under the same name.
     */
    public String parametersId() {
        return id + "/" + SegmentChunker.PARAMETERS_VERSION;
    }

    /** A short form of {@link #parametersId()}, of {@link #PARAMETERS_TAG_BYTES} octets, to find things by. */
    public byte[] parametersTag() {
        return parametersTag.clone();
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The first digits of {@link #id()}: enough for people to compare by eye, in logs and in the status. */
    public String shortId() {
        return id.substring(0, SHORT_ID_DIGITS);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentSecrets that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "ContentSecrets[redacted]";
    }
}
