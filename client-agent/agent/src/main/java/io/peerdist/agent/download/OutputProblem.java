// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Says in a few words why a file could not be written; the exceptions of the file system often name only the file. */
public final class OutputProblem {
    private OutputProblem() {}

    /** Why, as the end of a sentence. */
    public static String describe(IOException failure) {
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason();
            return reason != null ? reason : describeClass(failure);
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? describeClass(failure) : message;
    }

    private static String describeClass(IOException failure) {
        return switch (failure.getClass().getSimpleName()) {
            case "AccessDeniedException" -> "permission denied";
            case "NoSuchFileException" -> "no such directory";
            case "DirectoryNotEmptyException", "FileAlreadyExistsException" -> "something else has that name";
            default -> failure.getClass().getSimpleName();
        };
    }
}
