// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.download.Intake.Arrival;
import io.peerdist.agent.download.Intake.Outcome;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.retrieval.BlockVerifiers;
import io.peerdist.runtime.digest.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final int BLOCKS = 20;
    private static final byte[] IV = TestContent.random(16, 90);

    private final byte[] content = TestContent.random(BLOCKS << 16, 91);
    private final ContentInformation information = TestContent.information(content, 1);
    private final ContentMap map = ContentMap.of(information);
    private final byte[] written = new byte[content.length];
    private final RememberingCache cache = new RememberingCache();
    private final List<List<Outcome>> told = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int failingOrdinal = -1;

    private Intake intake(Executor workers) {
        BlockOutput output = (offset, bytes) -> {
            if (failingOrdinal >= 0 && offset == map.blocks().offset(failingOrdinal)) {
                throw new IOException("the disk is full");
            }
            bytes.get(written, (int) offset, bytes.remaining());
        };
        BlockSink sink = new BlockSink(
                map.blocks(),
                output,
                cache,
                new BlockVerifiers(Digests::newDigest),
                new DownloadMetrics(new SimpleMeterRegistry()));
        return new Intake(map, sink, workers, told::add);
    }

    /** A hosted cache that is never asked. */
    private static final class Source implements BlockSource {
        @Override
        public DownloadSource kind() {
            return DownloadSource.HOSTED_CACHE;
        }

        @Override
        public int maxInFlight() {
            return 1;
        }

        @Override
        public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
            return CompletableFuture.completedFuture(Holdings.everything(segments, false));
        }

        @Override
        public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
            return CompletableFuture.completedFuture(FetchedBlock.ABSENT);
        }

        @Override
        public void deliveredBad(SegmentDescription segment, int blockIndex) {}
    }

    private Arrival arrival(int ordinal) {
        SegmentDescription segment = map.segmentOf(ordinal);
        int from = (int) map.blocks().offset(ordinal);
        byte[] ciphertext = BlockCipher.encrypt(
                CryptoAlgorithm.AES_128,
                segment.secret(),
                IV,
                content,
                from,
                map.blocks().length(ordinal));
        return new Arrival(
                new Fetch(0, ordinal),
                new Source(),
                new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, IV, ciphertext));
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private List<Integer> ordinals() {
        return told.stream()
                .flatMap(List::stream)
                .map(outcome -> outcome.fetch().ordinal())
                .toList();
    }

    @Test
    void keepsAndTellsOfBlocksTogether() {
        Intake intake = intake(tasks::add);
        IntStream.range(0, BLOCKS).mapToObj(this::arrival).forEach(intake::add);

        runAll();

        assertThat(written).isEqualTo(content);
        assertThat(ordinals())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, BLOCKS).boxed().toList());
        assertThat(cache.received).hasSize(5).allMatch(together -> together.size() == 4);
        assertThat(told)
                .hasSize(5)
                .allSatisfy(
                        batch -> assertThat(batch).allMatch(outcome -> outcome.result() == BlockSink.Result.WRITTEN));
    }

    @Test
    void takesWhatComesAfterItsWorkersHaveEnded() {
        Intake intake = intake(tasks::add);
        intake.add(arrival(3));
        runAll();

        intake.add(arrival(4));
        runAll();

        assertThat(ordinals()).containsExactly(3, 4);
    }

    @Test
    void tellsBadBlocksFromGoodOnes() {
        Intake intake = intake(tasks::add);
        Arrival good = arrival(1);
        byte[] ciphertext = ((FetchedBlock.Encrypted) good.block()).ciphertext().array();
        intake.add(new Arrival(
                new Fetch(0, 0), good.source(), new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, IV, ciphertext)));
        intake.add(good);

        runAll();

        assertThat(told).hasSize(1);
        assertThat(told.get(0).stream().map(Outcome::result))
                .containsExactly(BlockSink.Result.BAD, BlockSink.Result.WRITTEN);
        assertThat(cache.encrypted()).hasSize(1);
        assertThat(Arrays.copyOf(written, 1 << 16)).isEqualTo(new byte[1 << 16]);
    }

    @Test
    void tellsWhichBlockCouldNotBeWritten() {
        failingOrdinal = 1;
        Intake intake = intake(tasks::add);
        IntStream.range(0, 3).mapToObj(this::arrival).forEach(intake::add);

        runAll();

        Outcome failed = told.get(0).get(1);
        assertThat(failed.result()).isNull();
        assertThat(failed.failure()).isInstanceOf(UncheckedIOException.class).hasMessageContaining("the disk is full");
        assertThat(cache.received).hasSize(1).allMatch(together -> together.size() == 2);
    }

    @Test
    void tellsAtOnceOfBlocksThatNoWorkerTakes() {
        Intake intake = intake(task -> {
            throw new RejectedExecutionException("closed");
        });

        intake.add(arrival(7));

        assertThat(ordinals()).containsExactly(7);
        assertThat(told.get(0).get(0).failure()).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void leavesBlocksToAWorkerThatIsAtItWhenNoOtherIsFree() {
        Intake intake = intake(task -> {
            if (!tasks.isEmpty()) {
                throw new RejectedExecutionException("busy");
            }
            tasks.add(task);
        });
        IntStream.range(0, 6).mapToObj(this::arrival).forEach(intake::add);
        assertThat(told).isEmpty();

        runAll();

        assertThat(ordinals()).hasSize(6);
        assertThat(told.get(0)).allMatch(outcome -> outcome.result() == BlockSink.Result.WRITTEN);
    }
}
