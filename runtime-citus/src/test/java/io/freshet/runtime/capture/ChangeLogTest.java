package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputDecoder;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Insert;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import io.freshet.runtime.capture.pgoutput.WireTuple;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows in memory, on disk and netted are the same rows, and what they take is given back. */
class ChangeLogTest {
    private static final SourceLayout LAYOUT = new SourceLayout(new TableName("public", "t"), 1,
            List.of(new RelationColumn("v", 25, -1)));

    @TempDir
    private Path directory;

    private ChangeStore store(long transaction, long total) {
        return new ChangeStore(CaptureSettings.of("p").withMemory(transaction, total, 0).withSpoolDirectory(directory));
    }

    private static WireTuple row(Random random, int length) {
        ByteBuffer message = ByteBuffer.allocate(length + 32);
        message.put((byte) 'I').putInt(1).put((byte) 'N').putShort((short) 1).put((byte) 'b').putInt(length);
        byte[] value = new byte[length];
        random.nextBytes(value);
        message.put(value).flip();
        return ((Insert) PgOutputDecoder.decode(message)).row();
    }

    @ParameterizedTest
    @CsvSource({"1000000000, 1000000000", "1, 1000000000", "1000000000, 1", "300000, 1000000000"})
    void keepsRowsWhereverTheyAre(long transactionMemory, long totalMemory) throws IOException {
        Random random = new Random(5);
        try (ChangeStore store = store(transactionMemory, totalMemory)) {
            ChangeLog log = store.newLog();
            Tuples expected = new Tuples();
            for (int i = 0; i < 3000; i++) {
                WireTuple row = row(random, i == 1500 ? 1_000_000 : random.nextInt(400));
                int weight = random.nextBoolean() ? 1 : -1;
                log.add(0, weight, row);
                byte[] run = new byte[row.copyLength()];
                row.copyTo(run, 0);
                expected.add(weight, run, 0, run.length);
            }
            log.finish();
            Tuples actual = new Tuples();
            log.forEach((layout, weight, tuple, offset, length) -> actual.add(weight, tuple, offset, length));
            assertThat(actual).isEqualTo(expected);
            assertThat(log.rows()).isEqualTo(3000);
            boolean inMemory = transactionMemory == totalMemory;
            assertThat(store.spool().size() == 0).isEqualTo(inMemory);
            assertThat(store.memory()).isLessThan(inMemory ? 3_000_000 : 310_000);
            log.release();
            assertThat(store.memory()).isZero();
            assertThat(store.spool().size()).isZero();
        }
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"1000000000", "2000", "0"})
    void netsWithinItsMemory(long nettingMemory) throws IOException {
        Random random = new Random(9);
        Layouts layouts = new Layouts();
        layouts.add(LAYOUT);
        List<WireTuple> rows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rows.add(row(random, random.nextInt(40)));
        }
        try (ChangeStore store = store(100, 100)) {
            List<Transaction> transactions = new ArrayList<>();
            Tuples expected = new Tuples();
            for (int i = 0; i < 100; i++) {
                Transaction transaction = new Transaction(i, i, store.newLog());
                for (int j = 0; j < 20; j++) {
                    WireTuple row = rows.get(random.nextInt(rows.size()));
                    int weight = random.nextBoolean() ? 1 : -1;
                    transaction.changed(0);
                    transaction.log().add(0, weight, row);
                    byte[] run = new byte[row.copyLength()];
                    row.copyTo(run, 0);
                    expected.add(weight, run, 0, run.length);
                }
                transaction.finish();
                transactions.add(transaction);
            }
            Netting.Result result = new Netting(layouts, store, nettingMemory).net(transactions);
            ChangeRows netted = result.changes().rows().get(LAYOUT.table());
            Tuples actual = new Tuples();
            long[] visited = {0};
            netted.forEach((weight, tuple, offset, length) -> {
                assertThat(weight).isNotZero();
                visited[0]++;
                actual.add(weight, tuple, offset, length);
            });
            assertThat(actual).isEqualTo(expected);
            assertThat(netted.size()).isEqualTo(visited[0]).isLessThanOrEqualTo(nettingMemory > 1_000_000 ? 50 : 2000);
            transactions.forEach(Transaction::release);
            result.logs().forEach(ChangeLog::release);
            assertThat(store.memory()).isZero();
            assertThat(store.spool().size()).isZero();
        }
    }

    @Test
    void spoolFilesRotateAndVanish() throws IOException {
        byte[] block = new byte[1 << 20];
        try (Spool spool = new Spool(directory)) {
            List<Spool.Extent> extents = new ArrayList<>();
            for (int i = 0; i < 130; i++) {
                block[0] = (byte) i;
                extents.add(spool.write(block, block.length));
            }
            assertThat(spool.size()).isEqualTo(130L << 20);
            assertThat(extents.get(100).read()[0]).isEqualTo((byte) 100);
            extents.subList(0, 64).forEach(Spool.Extent::release);
            assertThat(spool.size()).isEqualTo(66L << 20);
            extents.subList(64, 130).forEach(Spool.Extent::release);
            assertThat(spool.size()).isZero();
            assertThat(spool.write(block, 1).read()).hasSize(1);
        }
    }
}
