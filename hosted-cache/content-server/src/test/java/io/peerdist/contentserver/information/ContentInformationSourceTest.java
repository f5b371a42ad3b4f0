// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.ManualClock;
import io.peerdist.contentserver.files.DocumentRoot;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.information.HashingOutcome.Hashed;
import io.peerdist.contentserver.information.HashingOutcome.NotHashed;
import io.peerdist.contentserver.information.HashingOutcome.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentInformationSourceTest {
    private static final InformationLimits LIMITS = new InformationLimits(1, 1 << 30, 1 << 20);

    @TempDir
    private Path directory;

    private final ManualClock clock = ManualClock.ahead();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MemoryStore store = new MemoryStore();
    private final Deque<Runnable> reading = new ArrayDeque<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private DocumentRoot root;
    private ContentInformationSource source;

    @BeforeEach
    void start() throws IOException {
        root = DocumentRoot.open(directory);
        source = source("key", LIMITS);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @Test
    void hashesAFileOnceHoweverManyAsk() throws IOException {
        write("file", 200_000);
        List<CompletableFuture<HashingOutcome>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(source.hash(path("file")));
        }

        readAll();

        assertThat(asked).allSatisfy(outcome -> assertThat(outcome.join()).isInstanceOf(Hashed.class));
        assertThat(hashedBytes()).isEqualTo(200_000);
        assertThat(source.pendingFiles()).isZero();
    }

    @Test
    void describesTheBytesInBothVersions() throws IOException {
        byte[] content = write("file", 200_000);

        Hashed hashed = hash("file");

        for (int version = 1; version <= 2; version++) {
            ContentInformation information =
                    ContentInformation.decode(ByteBuffer.wrap(hashed.of(version).octets()));
            assertThat(information.version()).isEqualTo(version);
            assertThat(information.range().length()).isEqualTo(content.length);
            assertThat(information
                            .segments()
                            .get(0)
                            .matches(
                                    0, content, 0, information.segments().get(0).blockLength(0)))
                    .isTrue();
        }
    }

    @Test
    void findsWhatItKeptAfterARestart() throws IOException {
        write("file", 100_000);
        Hashed first = hash("file");

        ContentInformationSource restarted = source("key", LIMITS);
        Optional<EncodedInformation> found = Optional.ofNullable(restarted.find(version("file"), secrets("key"), 2));

        assertThat(found.map(EncodedInformation::octets)).contains(first.v2().octets());
        CompletableFuture<HashingOutcome> again = restarted.hash(path("file"));
        readAll();
        assertThat(again.join()).isInstanceOf(Hashed.class);
        assertThat(hashedBytes()).isEqualTo(100_000);
    }

    @Test
    void findsNothingUnderAnotherSecret() throws IOException {
        write("file", 100_000);
        Hashed first = hash("file");

        ContentInformationSource other = source("other key", LIMITS);

        assertThat(other.find(version("file"), secrets("other key"), 1)).isNull();
        CompletableFuture<HashingOutcome> outcome = other.hash(path("file"));
        readAll();
        Hashed second = (Hashed) outcome.join();
        assertThat(ids(second.v1())).doesNotContainAnyElementsOf(ids(first.v1()));
        assertThat(ids(second.v2())).doesNotContainAnyElementsOf(ids(first.v2()));
    }

    @Test
    void hashesWithTheNextSecretFromItsTimeOn() throws IOException {
        write("file", 100_000);
        Instant from = clock.instant().plusSeconds(3600);
        KeyRing ring = KeyRing.of(
                List.of(
                        new KeyRing.HeldKey(KeyRing.Role.CURRENT, secrets("key"), Optional.empty(), Optional.empty()),
                        new KeyRing.HeldKey(KeyRing.Role.NEXT, secrets("next"), Optional.of(from), Optional.empty())),
                clock);
        List<String> told = new ArrayList<>();
        ContentInformationSource rotating = new ContentInformationSource(
                root,
                pipeline(),
                ring,
                new KeptInformation(store, new Notes(told), LIMITS.memoryBytes()),
                LIMITS,
                reading::add,
                clock,
                new HashingMetrics(registry));
        open.add(rotating);

        CompletableFuture<HashingOutcome> before = rotating.hash(path("file"));
        readAll();
        clock.set(from);
        CompletableFuture<HashingOutcome> after = rotating.hash(path("file"));
        readAll();

        assertThat(((Hashed) before.join()).secrets()).isEqualTo(secrets("key"));
        assertThat(((Hashed) after.join()).secrets()).isEqualTo(secrets("next"));
        assertThat(rotating.find(version("file"), secrets("key"), 2)).isNotNull();
        assertThat(rotating.find(version("file"), secrets("next"), 2)).isNotNull();
        String key = secrets("key").shortId();
        String next = secrets("next").shortId();
        assertThat(told).containsExactly("made 1 " + key, "made 2 " + key, "made 1 " + next, "made 2 " + next);
    }

    @Test
    void tellsOfWhatItFindsOnTheDiskButNotOfWhatIsInMemory() throws IOException {
        write("file", 100_000);
        hash("file");
        List<String> told = new ArrayList<>();
        KeptInformation restarted = new KeptInformation(store, new Notes(told), LIMITS.memoryBytes());

        assertThat(restarted.find(version("file"), secrets("key"), 1)).isNotNull();
        assertThat(restarted.find(version("file"), secrets("key"), 1)).isNotNull();

        assertThat(told).containsExactly("found 1 " + secrets("key").shortId());
    }

    @Test
    void neverGivesAChangedFileItsOldAnswerEvenIfSizeAndTimeAreSetBack() throws IOException {
        Path file = directory.resolve("file");
        write("file", 100_000);
        FileTime modified = Files.getLastModifiedTime(file);
        Hashed old = hash("file");
        FileVersion oldVersion = version("file");
        do {
            Files.write(file, Gen.ofSeed(2).bytes(100_000));
            Files.setLastModifiedTime(file, modified);
        } while (version("file").equals(oldVersion));

        assertThat(source.find(version("file"), secrets("key"), 1)).isNull();
        assertThat(ids(hash("file").v2())).doesNotContainAnyElementsOf(ids(old.v2()));
    }

    @Test
    void doesNotHashAFileThatCouldStillChangeUnseen() throws IOException {
        write("file", 1000);
        Instant changed = version("file").settledAt().minus(FileVersion.TIMESTAMP_GRANULARITY);
        clock.set(changed.plusMillis(50));

        CompletableFuture<HashingOutcome> outcome = source.hash(path("file"));
        readAll();

        assertThat(outcome).isNotDone();
        assertThat(hashedBytes()).isZero();
        clock.set(changed.plusSeconds(1));
        awaitRetry();
        readAll();
        assertThat(outcome.join()).isInstanceOf(Hashed.class);
    }

    @Test
    void givesUpAfterAWhileOnAFileThatIsAlwaysFresh() throws IOException {
        write("file", 1000);
        clock.set(version("file").settledAt().minusMillis(1));
        CompletableFuture<HashingOutcome> outcome = source.hash(path("file"));

        for (int attempt = 1; !outcome.isDone(); attempt++) {
            assertThat(attempt).isLessThan(20);
            awaitRetry();
            readAll();
        }

        assertThat(outcome.join()).isEqualTo(new NotHashed(Reason.CHANGING));
        assertThat(failures(Reason.CHANGING)).isEqualTo(1);
    }

    @Test
    void throwsAwayWhatItHashedWhenTheFileChangedMeanwhile() throws IOException {
        write("file", 3 << 20);
        FileVersion before = version("file");
        DocumentRoot hooked = root;
        ContentInformationSource watched = source("key", LIMITS);
        CompletableFuture<HashingOutcome> outcome = watched.hash(path("file"));
        // The reader opens the file, then it is changed under its hands: the pipeline asks at every slab.
        store.beforeGet = () -> {
            store.beforeGet = null;
            do {
                write("file", 3 << 20);
            } while (hooked.version(path("file")).filter(before::equals).isPresent());
        };

        readAll();
        assertThat(outcome).isNotDone();
        assertThat(store.values).isEmpty();
        awaitRetry();
        readAll();

        Hashed hashed = (Hashed) outcome.join();
        assertThat(hashed.version()).isEqualTo(version("file")).isNotEqualTo(before);
    }

    @Test
    void makesNoContentInformationOfFilesThatAreTooSmallTooLargeOrAbsent() throws IOException {
        ContentInformationSource limited = source("key", new InformationLimits(100, 200, 0));
        write("empty", 0);
        write("small", 99);
        write("large", 201);
        write("fitting", 200);

        for (String name : new String[] {"empty", "small", "large", "absent"}) {
            CompletableFuture<HashingOutcome> outcome = limited.hash(path(name));
            readAll();
            assertThat(outcome.join()).as(name).isEqualTo(new NotHashed(Reason.INELIGIBLE));
        }
        CompletableFuture<HashingOutcome> outcome = limited.hash(path("fitting"));
        readAll();
        assertThat(outcome.join()).isInstanceOf(Hashed.class);
    }

    @Test
    void saysThatItIsBusyWhenTheReadersAre() throws IOException {
        write("file", 10);
        ContentInformationSource busy = new ContentInformationSource(
                root,
                pipeline(),
                KeyRing.of(secrets("key"), clock),
                new KeptInformation(store, InformationListener.NONE, LIMITS.memoryBytes()),
                LIMITS,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                clock,
                new HashingMetrics(registry));
        open.add(busy);

        assertThat(busy.hash(path("file")).join()).isEqualTo(new NotHashed(Reason.BUSY));
        assertThat(busy.pendingFiles()).isZero();
        assertThat(failures(Reason.BUSY)).isEqualTo(1);
    }

    @Test
    void takesOnlySoManyFilesAtOnce() {
        for (int i = 0; i < ContentInformationSource.MAX_PENDING_FILES; i++) {
            assertThat(source.hash(path("file-" + i))).isNotDone();
        }

        assertThat(source.hash(path("one-more")).join()).isEqualTo(new NotHashed(Reason.BUSY));
        assertThat(source.hash(path("file-1"))).isNotDone();
    }

    @Test
    void answersEverybodyWhenItStops() throws IOException {
        write("file", 10);
        CompletableFuture<HashingOutcome> outcome = source.hash(path("file"));

        source.close();

        assertThat(outcome.join()).isEqualTo(new NotHashed(Reason.STOPPED));
    }

    @Test
    void keepsOnlySoMuchInMemory() {
        RecentInformation recent = new RecentInformation(1000);
        for (int i = 0; i < 20; i++) {
            recent.put(new byte[] {(byte) i}, new EncodedInformation(new byte[200]));
            recent.get(new byte[] {0});
        }
        recent.put(new byte[] {99}, new EncodedInformation(new byte[300]));

        assertThat(recent.bytes()).isEqualTo(1000);
        assertThat(recent.get(new byte[] {0})).as("used all the time").isNotNull();
        assertThat(recent.get(new byte[] {19})).as("used last").isNotNull();
        assertThat(recent.get(new byte[] {10})).as("not used for long").isNull();
        assertThat(recent.get(new byte[] {99})).as("too large a share").isNull();
    }

    private Hashed hash(String name) {
        CompletableFuture<HashingOutcome> outcome = source.hash(path(name));
        readAll();
        return (Hashed) outcome.join();
    }

    private void readAll() {
        for (Optional<Runnable> task = next(); task.isPresent(); task = next()) {
            task.get().run();
        }
    }

    private Optional<Runnable> next() {
        synchronized (reading) {
            return Optional.ofNullable(reading.poll());
        }
    }

    private void awaitRetry() {
        Await.until("the file is handed back to the readers", () -> {
            synchronized (reading) {
                return !reading.isEmpty();
            }
        });
    }

    private ContentInformationSource source(String key, InformationLimits limits) {
        ContentInformationSource made = new ContentInformationSource(
                root,
                pipeline(),
                KeyRing.of(secrets(key), clock),
                new KeptInformation(store, InformationListener.NONE, limits.memoryBytes()),
                limits,
                task -> {
                    synchronized (reading) {
                        reading.add(task);
                    }
                },
                clock,
                new HashingMetrics(registry));
        open.add(made);
        return made;
    }

    private static ContentSecrets secrets(String key) {
        return ContentSecrets.derive(SecretKey.of(key.getBytes(StandardCharsets.UTF_8)));
    }

    private HashingPipeline pipeline() {
        HashingPipeline pipeline = new HashingPipeline(2);
        open.add(pipeline);
        return pipeline;
    }

    private byte[] write(String name, int bytes) throws IOException {
        byte[] content = Gen.ofSeed(bytes).bytes(bytes);
        Files.write(directory.resolve(name), content);
        return content;
    }

    private FileVersion version(String name) throws IOException {
        return root.version(path(name)).orElseThrow();
    }

    private double hashedBytes() {
        return registry.get("peerdist_hash_bytes").counter().count();
    }

    private double failures(Reason reason) {
        return registry.get("peerdist_hash_failures")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .counter()
                .count();
    }

    private static List<String> ids(EncodedInformation information) {
        return ContentInformation.decode(ByteBuffer.wrap(information.octets())).segments().stream()
                .map(segment -> segment.id().toString())
                .toList();
    }

    private static RelativePath path(String name) {
        return new RelativePath(List.of(name));
    }

    /** Survives a restart of the source, as a store on disk does. */
    private static final class MemoryStore implements InformationStore {
        final Map<ByteBuffer, byte[]> values = new ConcurrentHashMap<>();

        @Nullable
        Action beforeGet;

        @Override
        public byte @Nullable [] get(byte[] key) {
            Action action = beforeGet;
            if (action != null) {
                try {
                    action.run();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            return values.get(ByteBuffer.wrap(key));
        }

        @Override
        public void put(byte[] key, byte[] value) {
            values.put(ByteBuffer.wrap(key.clone()), value);
        }
    }

    private record Notes(List<String> lines) implements InformationListener {
        @Override
        public void made(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {
            lines.add("made " + contentVersion + " " + secrets.shortId());
        }

        @Override
        public void found(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {
            lines.add("found " + contentVersion + " " + secrets.shortId());
        }
    }

    private interface Action {
        void run() throws IOException;
    }
}
