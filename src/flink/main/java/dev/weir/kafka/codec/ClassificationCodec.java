package dev.weir.kafka.codec;

import dev.weir.forecast.Classification;
import dev.weir.kafka.wire.AvroBytes;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Classifications as plain Avro binary of {@code classification.avsc}, or as JSON objects of the
 * same fields, with times as ISO 8601 in UTC. Not thread-safe: buffers are reused.
 */
public final class ClassificationCodec
    extends RecordCodec<Classification, dev.weir.kafka.avro.Classification> {

  public static final Schema SCHEMA = dev.weir.kafka.avro.Classification.getClassSchema();

  public ClassificationCodec() {
    super("classification", dev.weir.kafka.avro.Classification.class, null, registry -> -1);
  }

  @Override
  String series(Classification record) {
    return record.series();
  }

  @Override
  void write(Classification said, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(said.windowStart());
    out.writeLong(said.windowEnd());
    out.writeInt(said.steps());
    out.writeString(said.label());
    AvroBytes.writeOptional(said.probability(), out);
    out.writeArrayStart();
    out.setItemCount(said.probabilities().length);
    for (int k = 0; k < said.probabilities().length; k++) {
      out.startItem();
      out.writeString(said.classes().get(k));
      out.writeDouble(said.probabilities()[k]);
    }
    out.writeArrayEnd();
    out.writeString(said.model());
    out.writeLong(said.modelVersion());
    out.writeLong(said.labels());
    AvroBytes.writeOptional(said.accuracy(), out);
    AvroBytes.writeOptional(said.logLoss(), out);
    out.writeString(said.status().name());
  }

  @Override
  Classification of(dev.weir.kafka.avro.Classification record) {
    return new Classification(
        record.getSeries(),
        record.getWindowStart().toEpochMilli(),
        record.getWindowEnd().toEpochMilli(),
        record.getSteps(),
        record.getLabel(),
        record.getClasses().stream().map(c -> c.getLabel()).toList(),
        record.getClasses().stream().mapToDouble(c -> c.getProbability()).toArray(),
        record.getModel(),
        record.getModelVersion(),
        record.getLabels(),
        AvroBytes.orNaN(record.getAccuracy()),
        AvroBytes.orNaN(record.getLogLoss()),
        Classification.Status.valueOf(record.getStatus()));
  }
}
