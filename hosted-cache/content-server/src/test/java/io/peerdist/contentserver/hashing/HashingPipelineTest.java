// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.runtime.digest.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HashingPipelineTest {
    private static final int MIB = 1024 * 1024;
    private static final ContentSecrets SECRETS =
            ContentSecrets.derive(SecretKey.of("the branch's key".getBytes(StandardCharsets.UTF_8)));

    private final HashingPipeline pipeline = new HashingPipeline(2);

    @AfterEach
    void closePipeline() {
        pipeline.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65535, 65536, 65537, 131073, 1048576, 1048577, 33554432, 33554433})
    void agreesWithHashingOnePartAfterTheOther(int contentBytes) throws Exception {
        assertAgreesWithReference(Gen.ofSeed(contentBytes).bytes(contentBytes));
    }

    @RandomizedTest(tries = 30)
    void agreesWithHashingOnePartAfterTheOtherAtAnySize(Gen gen) throws Exception {
        assertAgreesWithReference(gen.bytes(1 + gen.lengthUpTo(6 * MIB)));
    }

    @Test
    void hasNoContentInformationOfNothing() throws Exception {
        assertThat(pipeline.hash(channel(new byte[0]), SECRETS, () -> false)).isEmpty();
        awaitNothingHeld();
    }

    @Test
    void readsInSmallPiecesLikeInLargeOnes() throws Exception {
        byte[] content = Gen.ofSeed(7).bytes(3 * MIB + 17);
        ReadableByteChannel whole = channel(content);
        AtomicInteger reads = new AtomicInteger();
        ReadableByteChannel trickling = reading(target -> {
            int limit = target.limit();
            target.limit(Math.min(limit, target.position() + 1 + reads.getAndIncrement() % 5000));
            int read = whole.read(target);
            target.limit(limit);
            return read;
        });

        HashedContent hashed = pipeline.hash(trickling, SECRETS, () -> false).orElseThrow();

        HashedContent atOnce =
                pipeline.hash(channel(content), SECRETS, () -> false).orElseThrow();
        assertThat(hashed.v1().encode()).isEqualTo(atOnce.v1().encode());
        assertThat(hashed.v2().encode()).isEqualTo(atOnce.v2().encode());
    }

    @Test
    void keepsToItsSlabsWhateverTheSizeAndNumberOfFiles() throws Exception {
        List<CompletableFuture<Optional<HashedContent>>> files = new ArrayList<>();
        for (int i = 0; i < 2 * HashingPipeline.MAX_FILES_AT_ONCE; i++) {
            byte[] part = Gen.ofSeed(i).bytes(MIB + i);
            AtomicInteger left = new AtomicInteger(24);
            ReadableByteChannel large = reading(target -> {
                if (left.getAndDecrement() <= 0) {
                    return -1;
                }
                int read = Math.min(target.remaining(), part.length);
                target.put(part, 0, read);
                return read;
            });
            files.add(CompletableFuture.supplyAsync(
                    () -> hashUnchecked(large), command -> thread(command).start()));
        }

        files.forEach(Await::result);

        awaitNothingHeld();
        assertThat(pipeline.slabs().idleSlabs()).isLessThanOrEqualTo(HashingPipeline.SLABS);
    }

    @Test
    void slowsTheReaderDownToTheWorkers() throws Exception {
        // No worker ever ends a task, so the reader must stop when the slabs are used up.
        SlabPool slabs = new SlabPool(3);
        AtomicInteger reads = new AtomicInteger();
        ReadableByteChannel endless = reading(target -> {
            int read = target.remaining();
            target.position(target.limit());
            reads.incrementAndGet();
            return read;
        });
        HashingRun run = new HashingRun(endless, () -> false, slabs, work -> {}, SECRETS);
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread reader = thread(() -> {
            try {
                run.run();
                ended.complete(new AssertionError("the run ended"));
            } catch (IOException | InterruptedException e) {
                ended.complete(e);
            }
        });
        reader.start();

        Await.until("the reader waits", () -> reader.getState() == Thread.State.WAITING);

        assertThat(reads).hasValue(3 * SlabPool.SLAB_BYTES / HashingRun.READ_BYTES);
        reader.interrupt();
        assertThat(Await.result(ended)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void stopsWhenCancelled() {
        AtomicInteger asked = new AtomicInteger();
        ReadableByteChannel endless = reading(target -> {
            int read = target.remaining();
            target.position(target.limit());
            return read;
        });

        assertThatThrownBy(() -> pipeline.hash(endless, SECRETS, () -> asked.incrementAndGet() > 3))
                .isInstanceOf(CancellationException.class);
        awaitNothingHeld();
    }

    @Test
    void givesEverySlabBackWhenReadingFails() {
        AtomicInteger reads = new AtomicInteger();
        ReadableByteChannel failing = reading(target -> {
            if (reads.incrementAndGet() > 10) {
                throw new IOException("bad sector");
            }
            int read = target.remaining();
            target.position(target.limit());
            return read;
        });

        assertThatThrownBy(() -> pipeline.hash(failing, SECRETS, () -> false)).hasMessage("bad sector");
        awaitNothingHeld();
    }

    @Test
    void givesEverySlabBackWhenAWorkerFails() {
        try (HashingPipeline failing = new HashingPipeline(2, name -> {
            throw new IllegalStateException("no " + name);
        })) {
            assertThatThrownBy(() -> failing.hash(channel(new byte[5 * MIB]), SECRETS, () -> false))
                    .hasMessage("a hashing worker failed")
                    .hasRootCauseInstanceOf(IllegalStateException.class);
            Await.until("every slab is back", () -> failing.slabs().freeSlabs() == HashingPipeline.SLABS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9})
    void givesTheSameWhateverTheNumberOfWorkers(int workers) throws Exception {
        byte[] content = Gen.ofSeed(21).bytes(5 * MIB + 33);
        HashedContent expected =
                pipeline.hash(channel(content), SECRETS, () -> false).orElseThrow();
        try (HashingPipeline other = new HashingPipeline(workers, Digests::newDigest)) {
            HashedContent hashed =
                    other.hash(channel(content), SECRETS, () -> false).orElseThrow();

            assertThat(hashed.v1().encode()).isEqualTo(expected.v1().encode());
            assertThat(hashed.v2().encode()).isEqualTo(expected.v2().encode());
        }
    }

    @Test
    void isCancelledByItsEnd() {
        pipeline.close();

        assertThatThrownBy(() -> pipeline.hash(channel(new byte[1]), SECRETS, () -> false))
                .isInstanceOf(CancellationException.class);
        awaitNothingHeld();
    }

    @Test
    void namesItsParametersByTheSecretButTellsNothingOfIt() {
        ContentSecrets other = ContentSecrets.derive(SecretKey.of(new byte[] {1}));

        assertThat(other.parametersId()).isNotEqualTo(SECRETS.parametersId());
        assertThat(other.parametersTag())
                .hasSize(ContentSecrets.PARAMETERS_TAG_BYTES)
                .isNotEqualTo(SECRETS.parametersTag());
        assertThat(SECRETS.id()).startsWith(SECRETS.shortId());
        assertThat(SECRETS.toString()).isEqualTo("ContentSecrets[redacted]");
    }

    private void assertAgreesWithReference(byte[] content) throws Exception {
        HashedContent hashed =
                pipeline.hash(channel(content), SECRETS, () -> false).orElseThrow();

        assertThat(hashed.lengthBytes()).isEqualTo(content.length);
        assertDescribes(hashed.v1(), content);
        assertDescribes(hashed.v2(), content);
        for (SegmentDescription segment : hashed.v1().segments()) {
            assertThat(segment.provesHashOfData()).isTrue();
            int offset = (int) segment.offsetInContent();
            assertThat(segment.segmentBytes()).isEqualTo(Math.min(32 * MIB, content.length - offset));
        }
        assertThat(ends(hashed.v2())).isEqualTo(sequentialEnds(content));
        awaitNothingHeld();
    }

    /** Every block of every segment, hashed again one after the other. */
    private static void assertDescribes(ContentInformation information, byte[] content) {
        long at = 0;
        for (SegmentDescription segment : information.segments()) {
            assertThat(segment.offsetInContent()).isEqualTo(at);
            assertThat(segment.listedBlockCount()).isEqualTo(segment.blockCount());
            for (int i = 0; i < segment.blockCount(); i++) {
                int offset = (int) at + i * segment.blockBytes();
                assertThat(segment.matches(i, content, offset, segment.blockLength(i)))
                        .as("version %d, block %d of the segment at %d", information.version(), i, at)
                        .isTrue();
            }
            HashAlgorithm algorithm = segment.hashAlgorithm();
            assertThat(segment.secret())
                    .isEqualTo(SegmentSecret.derive(
                            algorithm, information.version() == 1 ? SECRETS.v1() : SECRETS.v2(), segment.hashOfData()));
            at += segment.segmentBytes();
        }
        assertThat(at).isEqualTo(content.length);
        assertThat(information.range().length()).isEqualTo(content.length);
    }

    private static List<Long> ends(ContentInformation information) {
        return information.segments().stream()
                .map(segment -> segment.extent().end())
                .toList();
    }

    private static List<Long> sequentialEnds(byte[] content) {
        SegmentChunker chunker = new SegmentChunker();
        List<Long> ends = new ArrayList<>();
        int from = 0;
        while (from < content.length) {
            int cut = chunker.next(content, from, content.length);
            from = cut < 0 ? content.length : cut;
            ends.add((long) from);
        }
        return ends;
    }

    private Optional<HashedContent> hashUnchecked(ReadableByteChannel source) {
        try {
            return pipeline.hash(source, SECRETS, () -> false);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitNothingHeld() {
        Await.until("every slab is back", () -> pipeline.slabs().freeSlabs() == HashingPipeline.SLABS);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "test-reader");
        thread.setDaemon(true);
        return thread;
    }

    private static ReadableByteChannel channel(byte[] content) {
        return Channels.newChannel(new ByteArrayInputStream(content));
    }

    private static ReadableByteChannel reading(Read read) {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
                return read.into(target);
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private interface Read {
        int into(ByteBuffer target) throws IOException;
    }
}
