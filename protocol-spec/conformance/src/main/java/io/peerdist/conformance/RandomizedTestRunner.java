// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.lang.reflect.Method;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/** Runs the tries of a {@link RandomizedTest} as one test. */
final class RandomizedTestRunner implements ParameterResolver, InvocationInterceptor {
    private static final String SEED_PROPERTY = "seed";
    private static final String SIZE_PROPERTY = "size";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Gen.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return Gen.ofSeed(0); // never reaches the test: interceptTestMethod passes the generator of each try
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
        invocation.skip();
        Object target = context.getRequiredTestInstance();
        Consumer<Gen> property = gen -> ReflectionSupport.invokeMethod(method.getExecutable(), target, gen);
        String seed = System.getProperty(SEED_PROPERTY);
        if (seed != null) {
            replay(property, Long.parseLong(seed), Integer.getInteger(SIZE_PROPERTY, Gen.MAX_SIZE));
        } else {
            int tries =
                    method.getExecutable().getAnnotation(RandomizedTest.class).tries();
            run(property, tries, new SecureRandom());
        }
    }

    /** Tries {@code property} with seeds from {@code seeds} and growing sizes, and reports the first failure. */
    static void run(Consumer<Gen> property, int tries, RandomGenerator seeds) {
        for (int i = 0; i < tries; i++) {
            long seed = seeds.nextLong();
            int size = 1 + (int) ((long) i * Gen.MAX_SIZE / tries);
            if (attempt(property, seed, size).isPresent()) {
                for (int smaller = 1; smaller < size; smaller++) {
                    replay(property, seed, smaller);
                }
                replay(property, seed, size);
                throw new AssertionError("failed once and not again with -Dseed=" + seed + " -Dsize=" + size);
            }
        }
    }

    /** Tries {@code property} once; a failure says how to repeat it. */
    static void replay(Consumer<Gen> property, long seed, int size) {
        attempt(property, seed, size).ifPresent(cause -> {
            throw new AssertionError("replay with -Dseed=" + seed + " -Dsize=" + size + ": " + cause, cause);
        });
    }

    private static Optional<Throwable> attempt(Consumer<Gen> property, long seed, int size) {
        try {
            property.accept(Gen.ofSeed(seed, size));
            return Optional.empty();
        } catch (TestAbortedException aborted) {
            throw aborted;
        } catch (RuntimeException | AssertionError failure) {
            return Optional.of(failure);
        }
    }
}
