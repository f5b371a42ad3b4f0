// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where passphrases come from: a file, standard input, or somebody at a terminal. Never the command line, which every user
 * of the machine can read, nor the environment, which every child process inherits. Not thread-safe.
 *
 * <p>A file is UTF-8. One line end at its end is not part of the passphrase, as editors and {@code echo} add it; nor is a
 * byte order mark at its start. All else is, spaces included.
 */
final class PassphraseSource {
    /** Stands for standard input in the place of a file's name. */
    static final String STANDARD_INPUT = "-";

    /** Of UTF-8. No longer key can be derived, as a secret key has at most 65,536 octets of UTF-16. */
    static final int MAX_BYTES = 32_768;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final InputStream standardInput;
    private final Supplier<Optional<Terminal>> terminal;

    /** Somebody who can be asked. */
    interface Terminal {
        /** What was typed, without an echo; null at the end of input. */
        char @Nullable [] ask(String question);
    }

    PassphraseSource(InputStream standardInput, Supplier<Optional<Terminal>> terminal) {
        this.standardInput = standardInput;
        this.terminal = terminal;
    }

    /** Standard input and terminal of this process. */
    static PassphraseSource ofProcess() {
        return new PassphraseSource(
                System.in,
                () -> Optional.ofNullable(System.console()).map(console -> question -> ask(console, question)));
    }

    private static char @Nullable [] ask(Console console, String question) {
        return console.readPassword("%s", question);
    }

    /**
     * The passphrase in {@code file}, or {@code -} for standard input; without one it is asked for.
     *
     * @param purpose what the passphrase is of, for the question
     * @param confirm whether to ask twice, because nothing will tell a slip of the finger later
     * @throws FailureException with what to do when there is none, or it cannot be read
     */
    Passphrase read(@Nullable Path file, String purpose, boolean confirm) {
        Passphrase passphrase = file == null ? asked(purpose, confirm) : contentOf(file);
        if (passphrase.isEmpty()) {
            throw failure(
                    (file == null ? "passphrase" : name(file)) + ": is empty (expected: at least one character)", null);
        }
        return passphrase;
    }

    private Passphrase asked(String purpose, boolean confirm) {
        Terminal asking = terminal.get()
                .orElseThrow(() -> failure(
                        "passphrase of " + purpose
                                + ": there is no terminal to ask at; name a file with --passphrase-file, or - for standard"
                                + " input",
                        null));
        Passphrase passphrase = answer(asking, "Passphrase of " + purpose + ": ");
        if (confirm) {
            try (Passphrase again = answer(asking, "The same passphrase again: ")) {
                if (!again.isSameAs(passphrase)) {
                    passphrase.close();
                    throw failure("passphrase of " + purpose + ": the two differ; try again", null);
                }
            }
        }
        return passphrase;
    }

    private static Passphrase answer(Terminal asking, String question) {
        char[] units = asking.ask(question);
        if (units == null) {
            throw failure("passphrase: the terminal ended before it was typed; try again", null);
        }
        return new Passphrase(units);
    }

    private Passphrase contentOf(Path file) {
        byte[] octets = octetsOf(file);
        try {
            if (octets.length > MAX_BYTES) {
                throw failure(name(file) + ": more than " + MAX_BYTES + " octets; that is no passphrase", null);
            }
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            char[] all = text.array();
            int start = text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK ? 1 : 0;
            char[] units = Arrays.copyOfRange(all, start, start + withoutLineEnd(all, start, text.limit()));
            Arrays.fill(all, '\0');
            return new Passphrase(units);
        } catch (CharacterCodingException e) {
            throw failure(name(file) + ": is not UTF-8; save it in that encoding", e);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** How many units from {@code start} on belong to the passphrase. */
    private static int withoutLineEnd(char[] text, int start, int end) {
        int last = end;
        if (last > start && text[last - 1] == '\n') {
            last--;
            if (last > start && text[last - 1] == '\r') {
                last--;
            }
        }
        return last - start;
    }

    private byte[] octetsOf(Path file) {
        try {
            if (file.toString().equals(STANDARD_INPUT)) {
                return standardInput.readNBytes(MAX_BYTES + 1);
            }
            try (InputStream input = Files.newInputStream(file)) {
                byte[] octets = input.readNBytes(MAX_BYTES + 1);
                OwnerOnlyFile.warnIfShared(file, "it holds a passphrase");
                return octets;
            }
        } catch (NoSuchFileException e) {
            throw failure(name(file) + ": there is no such file; create it or name another one", e);
        } catch (IOException e) {
            throw failure(name(file) + ": cannot be read (" + e + "); check the name and the permissions", e);
        }
    }

    private static String name(Path file) {
        return file.toString().equals(STANDARD_INPUT) ? "passphrase on standard input" : "passphrase file " + file;
    }

    private static FailureException failure(String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.WORK_FAILED, sentence, cause);
    }
}
