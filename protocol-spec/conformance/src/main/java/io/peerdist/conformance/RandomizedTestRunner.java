// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.lang.reflect.Method;
import java.security.SecureRandom;
import java.util.Optional;
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
        String seed = System.getProperty(SEED_PROPERTY);
        if (seed != null) {
            int size = Integer.getInteger(SIZE_PROPERTY, Gen.MAX_SIZE);
            attempt(method.getExecutable(), target, Long.parseLong(seed), size)
                    .ifPresent(cause -> fail(Long.parseLong(seed), size, cause));
            return;
        }
        int tries = method.getExecutable().getAnnotation(RandomizedTest.class).tries();
        SecureRandom seeds = new SecureRandom();
        for (int i = 0; i < tries; i++) {
            tryOnce(method.getExecutable(), target, seeds.nextLong(), 1 + i * Gen.MAX_SIZE / tries);
        }
    }

    private static void tryOnce(Method method, Object target, long seed, int size) {
        Optional<Throwable> failure = attempt(method, target, seed, size);
        if (failure.isEmpty()) {
            return;
        }
        for (int smaller = 1; smaller < size; smaller++) {
            Optional<Throwable> smallerFailure = attempt(method, target, seed, smaller);
            if (smallerFailure.isPresent()) {
                fail(seed, smaller, smallerFailure.get());
            }
        }
        fail(seed, size, failure.get());
    }

    private static Optional<Throwable> attempt(Method method, Object target, long seed, int size) {
        try {
            ReflectionSupport.invokeMethod(method, target, Gen.ofSeed(seed, size));
            return Optional.empty();
        } catch (TestAbortedException aborted) {
            throw aborted;
        } catch (Exception | AssertionError failure) {
            return Optional.of(failure);
        }
    }

    private static void fail(long seed, int size, Throwable cause) {
        throw new AssertionError("replay with -Dseed=" + seed + " -Dsize=" + size + ": " + cause.getMessage(), cause);
    }
}
