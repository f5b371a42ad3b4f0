// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.MalformedMessageException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The file in which content servers exchange a {@link SecretKey}, as {@code netsh branchcache exportkey} writes it:
 * AES-256-CBC with a zero initialization vector and PKCS7 padding over the key's SHA-256 hash and the key; the encryption
 * key is the SHA-256 hash of the passphrase in UTF-16LE without a terminator. Stateless.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.5</a>
 */
public final class SecretKeyFile {
    private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
    private static final int CIPHER_BLOCK_BYTES = 16;

    /** So much padding comes out right under a wrong passphrase hardly ever; keys of 32 octets have 16. */
    private static final int TELLING_PADDING_BYTES = 2;

    /** Hash, one octet of key, and padding. */
    private static final int MIN_FILE_BYTES = 48;

    /** The longest file that {@link #decode} reads: hash, longest key and a block of padding. */
    public static final int MAX_FILE_BYTES = HASH.digestBytes() + SecretKey.MAX_BYTES + CIPHER_BLOCK_BYTES;

    private SecretKeyFile() {}

    /** The file's octets; throws {@link IllegalArgumentException} for an empty passphrase. */
    public static byte[] encode(SecretKey secretKey, CharSequence passphrase) {
        if (passphrase.isEmpty()) {
            throw new IllegalArgumentException("passphrase: empty (expected: at least one character)");
        }
        byte[] key = secretKey.toByteArray();
        byte[] hash = HASH.hash(key, 0, key.length);
        byte[] plaintext = Arrays.copyOf(hash, hash.length + key.length);
        System.arraycopy(key, 0, plaintext, hash.length, key.length);
        try {
            return cipher(Cipher.ENCRYPT_MODE, passphrase).doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-CBC encryption of a secret key failed", e);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * The key in the file.
     *
     * @throws MalformedMessageException when the length cannot be that of a key file, or what comes out is not a key and
     *     its hash. If the padding is good for two octets or more, the passphrase is right and the file damaged: under a
     *     wrong one that happens once in 65,000 times. Else nothing can tell the two apart
     */
    public static SecretKey decode(byte[] file, CharSequence passphrase) {
        if (file.length < MIN_FILE_BYTES || file.length > MAX_FILE_BYTES || file.length % CIPHER_BLOCK_BYTES != 0) {
            throw malformed("length " + file.length + " (expected: a multiple of " + CIPHER_BLOCK_BYTES + " from "
                    + MIN_FILE_BYTES + " to " + MAX_FILE_BYTES + ")");
        }
        byte[] plaintext = decrypt(file, passphrase);
        try {
            int hashBytes = HASH.digestBytes();
            int keyBytes = plaintext.length - hashBytes;
            if (keyBytes < 1
                    || keyBytes > SecretKey.MAX_BYTES
                    || !MessageDigest.isEqual(
                            HASH.hash(plaintext, hashBytes, keyBytes), Arrays.copyOf(plaintext, hashBytes))) {
                throw file.length - plaintext.length >= TELLING_PADDING_BYTES ? damaged() : wrongPassphrase();
            }
            return SecretKey.of(Arrays.copyOfRange(plaintext, hashBytes, plaintext.length));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private static byte[] decrypt(byte[] file, CharSequence passphrase) {
        try {
            return cipher(Cipher.DECRYPT_MODE, passphrase).doFinal(file);
        } catch (BadPaddingException e) {
            throw wrongPassphrase();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-CBC decryption of a key file failed", e);
        }
    }

    private static Cipher cipher(int mode, CharSequence passphrase) throws GeneralSecurityException {
        byte[] encryptionKey = encryptionKey(passphrase);
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding"); // Java's name of PKCS7 for AES
            cipher.init(
                    mode, new SecretKeySpec(encryptionKey, "AES"), new IvParameterSpec(new byte[CIPHER_BLOCK_BYTES]));
            return cipher;
        } finally {
            Arrays.fill(encryptionKey, (byte) 0);
        }
    }

    /** Unpaired surrogates count like any other unit, so no charset encoder, which would replace them. */
    private static byte[] encryptionKey(CharSequence passphrase) {
        MessageDigest digest = HASH.newDigest();
        for (int i = 0; i < passphrase.length(); i++) {
            char unit = passphrase.charAt(i);
            digest.update((byte) unit);
            digest.update((byte) (unit >>> Byte.SIZE));
        }
        return HASH.finish(digest);
    }

    private static MalformedMessageException wrongPassphrase() {
        return malformed("wrong passphrase or damaged file");
    }

    private static MalformedMessageException damaged() {
        return malformed("damaged file (the passphrase is right)");
    }

    private static MalformedMessageException malformed(String reason) {
        return new MalformedMessageException(ContentInformationReader.PROTOCOL, "secret key file", 0, reason);
    }
}
