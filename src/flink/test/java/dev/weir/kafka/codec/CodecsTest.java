package dev.weir.kafka.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka works with our newer zstd-jni and lz4-java than its own. */
class CodecsTest {

  @ParameterizedTest
  @EnumSource(CompressionType.class)
  void kafkaReadsWhatItCompressed(CompressionType type) {
    byte[] value = "observation ".repeat(10_000).getBytes(UTF_8);
    MemoryRecords batch =
        MemoryRecords.withRecords(Compression.of(type).build(), new SimpleRecord(value));
    if (type != CompressionType.NONE) {
      assertThat(batch.sizeInBytes()).isLessThan(value.length / 10);
    }
    byte[] read = new byte[value.length];
    batch.records().iterator().next().value().get(read);
    assertThat(read).isEqualTo(value);
  }
}
