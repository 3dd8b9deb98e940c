package dev.weir.kafka.connector;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka sink that says once when it has waited for its brokers, and whose end is never a failure.
 * A writer that another one has fenced, or that can't reach the broker to abort its transaction,
 * throws when it is closed; Flink takes an exception from there for the TaskManager's own and ends
 * the whole process, with all jobs in it. Nothing is lost by going on: what was promised has been
 * flushed and committed before, and what was not is aborted by the next writer of that
 * transactional id.
 */
final class SafeCloseSink<T>
    implements Sink<T>,
        SupportsWriterState<T, KafkaWriterState>,
        SupportsCommitter<KafkaCommittable>,
        SupportsPostCommitTopology<KafkaCommittable> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SafeCloseSink.class);

  private final KafkaSink<T> sink;

  SafeCloseSink(KafkaSink<T> sink) {
    this.sink = sink;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return new Writer<>(sink.createWriter(context));
  }

  @Override
  public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
      WriterInitContext context, Collection<KafkaWriterState> states) throws IOException {
    return new Writer<>(sink.restoreWriter(context, states));
  }

  @Override
  public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
    return sink.getWriterStateSerializer();
  }

  @Override
  public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
    return new TimedCommitter(sink.createCommitter(context));
  }

  @Override
  public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
    return sink.getCommittableSerializer();
  }

  @Override
  public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committables) {
    sink.addPostCommitTopology(committables);
  }

  /** What a checkpoint waits for the brokers on a bad day. */
  private static final long LONG_NANOS = 10_000_000_000L;

  /** Which of the steps of a checkpoint it is that waits depends on when the broker goes. */
  private static void tellIfLong(long start) {
    long waited = System.nanoTime() - start;
    if (waited > LONG_NANOS) {
      LOG.warn("sink: waited {} s for Kafka, and goes on", waited / 1_000_000_000L);
    }
  }

  private record TimedCommitter(Committer<KafkaCommittable> committer)
      implements Committer<KafkaCommittable> {

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
        throws IOException, InterruptedException {
      long start = System.nanoTime();
      committer.commit(requests);
      tellIfLong(start);
    }

    @Override
    public void close() throws Exception {
      committer.close();
    }
  }

  static final class Writer<T>
      implements StatefulSinkWriter<T, KafkaWriterState>,
          CommittingSinkWriter<T, KafkaCommittable> {
    private final StatefulSinkWriter<T, KafkaWriterState> writer;
    private final CommittingSinkWriter<T, KafkaCommittable> committing; // the same object

    <A extends StatefulSinkWriter<T, KafkaWriterState> & CommittingSinkWriter<T, KafkaCommittable>>
        Writer(A writer) {
      this.writer = writer;
      this.committing = writer;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      writer.write(element, context);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
      writer.writeWatermark(watermark);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      long start = System.nanoTime();
      writer.flush(endOfInput);
      tellIfLong(start);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
      long start = System.nanoTime();
      Collection<KafkaCommittable> committables = committing.prepareCommit();
      tellIfLong(start);
      return committables;
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
      long start = System.nanoTime();
      List<KafkaWriterState> states = writer.snapshotState(checkpointId); // begins a transaction
      tellIfLong(start);
      return states;
    }

    @Override
    public void close() {
      try {
        writer.close();
      } catch (Exception e) {
        LOG.warn("sink: closed without aborting its transaction, which the next start will do", e);
      }
    }
  }
}
