// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.conformance.Await;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Both roles, with a block that goes from file to socket. */
class MessageTraceIT extends RetrievalClientFixture {
    private final Logger logger = (Logger) LoggerFactory.getLogger(MessageTrace.LOGGER);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    @TempDir
    private Path directory;

    @BeforeEach
    void listenToTheLog() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
    }

    @AfterEach
    void silence() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    @Test
    void tellsBothSidesOfAnExchangeAndNothingOfTheBlock() throws Exception {
        logger.setLevel(Level.TRACE);

        String server = exchange();

        Await.until("both sides told of question and answer", () -> lines.size() == 4);
        String question = " POST " + RetrievalCodec.PATH + " MSG_GETBLKS CryptoAlgoId=AES_128 SegmentID=" + ID
                + " ReqBlockRanges=[3]";
        String answer = " HTTP 200 MSG_BLK CryptoAlgoId=AES_128 SegmentId=" + ID
                + " BlockIndex=3 NextBlockIndex=0 SizeOfBlock=" + BLOCK.block().length + " SizeOfIVBlock=16";
        assertThat(lines).contains("-> " + server + question, "<- " + server + answer);
        assertThat(lines).anyMatch(line -> line.startsWith("<- 127.0.0.1:") && line.endsWith(question));
        assertThat(lines).anyMatch(line -> line.startsWith("-> 127.0.0.1:") && line.endsWith(answer));
        assertThat(lines)
                .noneMatch(line -> line.contains(HexFormat.of().formatHex(BLOCK.block(), 0, 8))
                        || line.contains(HexFormat.of().formatHex(BLOCK.initializationVector())));
    }

    @Test
    void tellsNothingUnlessTheLogWantsIt() throws Exception {
        exchange();

        assertThat(lines).isEmpty();
    }

    /** Fetches a block; where from. */
    private String exchange() throws Exception {
        FileSegmentSource source = new FileSegmentSource(directory);
        toClose.add(source);
        source.hold(ID, 3, CryptoAlgorithm.AES_128, BLOCK.initializationVector(), BLOCK.block());
        HttpLoopback listener = new HttpLoopback(
                new RetrievalServer(source, RetrievalServerSettings.hostedCache(), Runnable::run, registry));
        toClose.add(listener);
        assertThat(Await.result(client(settings()).getBlock(listener.address(), ID, 3))
                        .block())
                .isEqualTo(BLOCK.block());
        return "127.0.0.1:" + listener.address().getPort();
    }
}
