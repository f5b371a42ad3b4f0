// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.PrivilegedAction;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Runs something with the keys of a subject at hand. The JDK has replaced {@code Subject.doAs}, the only way there is in 17,
 * with {@code callAs} in 18 and wants to remove the former; so the latter is used where there is one.
 */
final class SubjectCall {
    private static final @Nullable MethodHandle CALL_AS = callAs();

    private SubjectCall() {}

    /** The result of {@code action}, which must not throw. */
    @SuppressWarnings("unchecked") // callAs returns what the callable does
    static <T> T with(Subject subject, Supplier<T> action) {
        if (CALL_AS == null) {
            return Subject.doAs(subject, (PrivilegedAction<T>) action::get);
        }
        Callable<T> call = action::get;
        try {
            return (T) CALL_AS.invoke(subject, call);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Subject.callAs declares no checked exception", e);
        }
    }

    private static @Nullable MethodHandle callAs() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Subject.class,
                            "callAs",
                            MethodType.methodType(Object.class, Subject.class, Callable.class));
        } catch (NoSuchMethodException e) {
            return null; // JDK 17
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Subject.callAs is public", e);
        }
    }
}
