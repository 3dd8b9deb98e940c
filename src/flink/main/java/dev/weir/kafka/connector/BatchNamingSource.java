package dev.weir.kafka.connector;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;

/**
 * Kafka's source without an end. If Kafka's client can't unpack a batch, the task fails with a line
 * that names topic, partition and offset; it would fail again after each restart.
 */
class BatchNamingSource<T>
    implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {

  private static final long serialVersionUID = 1L;

  private final KafkaSource<T> source;

  BatchNamingSource(KafkaSource<T> source) {
    this.source = source;
  }

  /** Not bounded for Flink: the submitter stops the job. */
  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new Reader<>(source.createReader(context));
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return source.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return source.getProducedType();
  }

  private static final class Reader<T> extends ForwardingReader<T> {

    private static final int MAX_NAMED = 10;

    Reader(SourceReader<T, KafkaPartitionSplit> reader) {
      super(reader);
    }

    /** Rethrows, wrapped by Flink, what the client threw in the fetcher's thread. */
    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
      try {
        return reader.pollNext(output);
      } catch (Exception e) {
        throw named(e);
      }
    }

    private Exception named(Exception failure) {
      List<KafkaPartitionSplit> splits = reader.snapshotState(NO_CHECKPOINT);
      Exception named = failure;
      for (Throwable t = failure; t != null; t = t.getCause()) {
        if (t instanceof OutOfMemoryError) { // the client does not say of which partition
          return failure(splits, failure, t, "give tasks more heap, or cut");
        }
        if (t instanceof KafkaException && !(t instanceof ApiException)) {
          String message = String.valueOf(t.getMessage());
          List<KafkaPartitionSplit> bad =
              splits.stream().filter(split -> isNamed(split, message)).toList();
          if (!bad.isEmpty()) {
            named = failure(bad, failure, t, "cut"); // its cause may give the reason
          }
        }
      }
      return named;
    }

    private static boolean isNamed(KafkaPartitionSplit split, String message) {
      String name = Pattern.quote(split.getTopicPartition().toString());
      return Pattern.compile("(?<![\\w.-])" + name + "(?!\\d)").matcher(message).find();
    }

    /** Without a cause, since Flink's tools show the deepest cause alone. */
    private static Exception failure(
        List<KafkaPartitionSplit> splits, Exception failure, Throwable cause, String step) {
      String places =
          splits.stream().limit(MAX_NAMED).map(Reader::place).collect(Collectors.joining("; or "));
      if (splits.size() > MAX_NAMED) {
        places += "; or %d more partitions".formatted(splits.size() - MAX_NAMED);
      }
      IllegalStateException named =
          new IllegalStateException(
              "batch at or behind %s: expected one that Kafka's client can unpack, got %s; %s the partition behind the batch (docs/operations.md#a-batch-that-does-not-fit-into-memory)"
                  .formatted(places, cause, step));
      named.addSuppressed(failure);
      return named;
    }

    private static String place(KafkaPartitionSplit split) {
      long offset = split.getStartingOffset(); // negative before the first record
      return "topic %s, partition %d, offset %s"
          .formatted(
              split.getTopic(), split.getPartition(), offset < 0 ? "of the first record" : offset);
    }
  }
}
