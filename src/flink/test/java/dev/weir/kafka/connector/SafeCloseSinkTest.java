package dev.weir.kafka.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;

class SafeCloseSinkTest {

  /** Records its calls and throws the configured exception. */
  private static final class Recording
      implements StatefulSinkWriter<String, KafkaWriterState>,
          CommittingSinkWriter<String, KafkaCommittable> {
    private final List<String> calls = new ArrayList<>();
    private Exception failure;

    private void called(String what) throws IOException {
      calls.add(what);
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
    }

    @Override
    public void write(String element, Context context) throws IOException {
      called("write " + element);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException {
      called("watermark " + watermark.getTimestamp());
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      called("flush " + endOfInput);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException {
      called("prepareCommit");
      return List.of();
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
      called("snapshotState " + checkpointId);
      return List.of();
    }

    @Override
    public void close() throws Exception {
      calls.add("close");
      if (failure != null) {
        throw failure;
      }
    }
  }

  private final Recording kafka = new Recording();
  private final SafeCloseSink.Writer<String> writer = new SafeCloseSink.Writer<>(kafka);

  @Test
  void allThatIsAskedOfItIsAskedOfKafkasWriterInTheSameOrder() throws Exception {
    writer.write("a", null);
    writer.writeWatermark(new Watermark(7));
    writer.flush(true);
    writer.prepareCommit();
    writer.snapshotState(3);
    writer.close();
    assertThat(kafka.calls)
        .containsExactly(
            "write a", "watermark 7", "flush true", "prepareCommit", "snapshotState 3", "close");
  }

  @Test
  void anEndThatFailsIsNoFailure() {
    for (Exception failure :
        List.of(
            new ProducerFencedException("another writer has come"),
            new IOException("the broker is away"),
            new InterruptedException("cancelled"))) {
      kafka.failure = failure;
      assertThatCode(writer::close).doesNotThrowAnyException();
    }
    assertThat(kafka.calls).containsExactly("close", "close", "close");
  }

  @Test
  void whatFailsBeforeTheEndFailsTheTask() {
    kafka.failure = new IOException("the broker is away");
    assertThatThrownBy(() -> writer.write("a", null)).isSameAs(kafka.failure);
    assertThatThrownBy(() -> writer.flush(false)).isSameAs(kafka.failure);
    assertThatThrownBy(writer::prepareCommit).isSameAs(kafka.failure);
    assertThatThrownBy(() -> writer.snapshotState(1)).isSameAs(kafka.failure);
  }
}
