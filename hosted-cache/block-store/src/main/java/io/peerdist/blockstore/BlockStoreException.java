// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import org.jspecify.annotations.Nullable;

/**
 * A store that cannot be opened, or an operation that the store could not do at all. The message is one sentence for the
 * operator: what happened, to which directory, and what to do about it.
 */
public final class BlockStoreException extends RuntimeException {
    /** What the failure means for the process. */
    public enum Category {
        /** The process cannot work with this store; stop it. */
        FATAL,
        /** The operation failed; the store goes on. */
        ERROR
    }

    /** What went wrong. */
    public enum Kind {
        /** Another process, or another store of this process, has the directory open. */
        LOCKED(Category.FATAL),
        /** The directory cannot be created or written, or is not a directory. */
        UNWRITABLE(Category.FATAL),
        /** The disk has no room. */
        FULL(Category.ERROR),
        /** The directory holds something else, or its contents contradict each other beyond repair. */
        CORRUPT(Category.FATAL),
        /** The directory was written by a newer version. */
        NEWER_FORMAT(Category.FATAL),
        /** The operating system reported an error on reading or writing. */
        IO(Category.ERROR),
        /** The store has been closed. */
        CLOSED(Category.ERROR);

        private final Category category;

        Kind(Category category) {
            this.category = category;
        }

        /** What a failure of this kind means for the process. */
        public Category category() {
            return category;
        }
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    BlockStoreException(Kind kind, String sentence) {
        this(kind, sentence, null);
    }

    BlockStoreException(Kind kind, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
