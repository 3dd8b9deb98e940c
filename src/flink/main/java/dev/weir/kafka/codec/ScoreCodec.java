package dev.weir.kafka.codec;

import dev.weir.forecast.Score;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.DistributionScore;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Scores as Avro binary of {@code score.avsc}: plain, or behind the id of their schema in a
 * registry; or as JSON with the same fields. Not thread-safe: buffers are reused.
 */
public final class ScoreCodec {

  private static final AvroBytes.Fields<Score> FIELDS = ScoreCodec::write;

  public static final Schema SCHEMA = dev.weir.kafka.avro.Score.getClassSchema();

  private final AvroBytes buffer;
  private final AvroJson json = new AvroJson(SCHEMA);
  private final AvroRecordReader<dev.weir.kafka.avro.Score> reader; // null: only writes

  /** Plain Avro. */
  public ScoreCodec() {
    this(null);
  }

  /**
   * Reads and writes plain Avro, or what a registry knows.
   *
   * @param registry null for plain Avro; to write, our schema must be registered there
   */
  public ScoreCodec(RegistrySettings registry) {
    this(registry, new AvroRecordReader<>("score", dev.weir.kafka.avro.Score.class, registry));
  }

  private ScoreCodec(
      RegistrySettings registry, AvroRecordReader<dev.weir.kafka.avro.Score> reader) {
    this.buffer =
        new AvroBytes(
            registry == null
                ? ConfluentWireFormat.NONE
                : ConfluentWireFormat.of(registry.scoreId()));
    this.reader = reader;
  }

  /**
   * Writes, and needs no registry for it, nor a secret: the id of our schema is in the settings.
   */
  static ScoreCodec writing(RegistrySettings registry) {
    return new ScoreCodec(registry, null);
  }

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(SCHEMA);
  }

  /** Writes the fields straight in the schema's order, as {@link ForecastCodec} does. */
  public byte[] encode(Score score) {
    return encode(score, AvroBytes.utf8(score.series()));
  }

  /**
   * @param series the score's series, in UTF-8
   */
  byte[] encode(Score score, byte[] series) {
    return buffer.of(score, series, FIELDS);
  }

  private static void write(Score score, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(score.time());
    out.writeString(score.mode().label());
    out.writeDouble(score.value());
    out.writeLong(score.scored());
    out.writeArrayStart();
    out.setItemCount(score.errors().length);
    for (double error : score.errors()) {
      out.startItem();
      out.writeDouble(error);
    }
    out.writeArrayEnd();
    out.writeDouble(score.mae());
    AvroBytes.writeOptional(score.mase(), out);
    AvroBytes.writeOptional(score.level(), out);
    AvroBytes.writeOptional(score.coverage(), out);
    out.writeArrayStart();
    out.setItemCount(score.methods().size());
    for (Score.Method method : score.methods()) {
      out.startItem();
      out.writeString(method.name());
      out.writeDouble(method.mae());
      out.writeDouble(method.share());
    }
    out.writeArrayEnd();
    write(score.distribution(), out);
  }

  private static void write(Score.Distribution scores, BinaryEncoder out) throws IOException {
    if (scores == null) {
      AvroBytes.writeNull(out);
      return;
    }
    AvroBytes.writePresent(out);
    out.writeLong(scores.scored());
    out.writeArrayStart();
    out.setItemCount(scores.steps().size());
    for (int step : scores.steps()) {
      out.startItem();
      out.writeInt(step);
    }
    out.writeArrayEnd();
    write(scores.crps(), scores.crpsByStep(), out);
    out.writeArrayStart();
    out.setItemCount(scores.quantiles().size());
    for (Score.Quantile quantile : scores.quantiles()) {
      out.startItem();
      out.writeDouble(quantile.quantile());
      write(quantile.loss(), quantile.lossByStep(), out);
    }
    out.writeArrayEnd();
    out.writeArrayStart();
    out.setItemCount(scores.intervals().size());
    for (Score.Interval interval : scores.intervals()) {
      out.startItem();
      out.writeDouble(interval.level());
      write(interval.score(), interval.scoreByStep(), out);
    }
    out.writeArrayEnd();
  }

  private static void write(double mean, List<Double> bySteps, BinaryEncoder out)
      throws IOException {
    out.writeDouble(mean);
    out.writeArrayStart();
    out.setItemCount(bySteps.size());
    for (double one : bySteps) {
      out.startItem();
      out.writeDouble(one);
    }
    out.writeArrayEnd();
  }

  /** As JSON, where no registry is asked. */
  public byte[] toJson(Score score) {
    return json.toJson(encode(score));
  }

  /** Reads Avro or, where no registry is asked, JSON. */
  public Score decode(byte[] bytes) throws MalformedRecordException {
    if (reader == null) {
      throw new IllegalStateException("expected a codec that reads, got one that only writes");
    }
    dev.weir.kafka.avro.Score record =
        reader.read(AvroJson.isJson(bytes) ? json.toAvro(bytes) : bytes);
    try {
      return new Score(
          record.getSeries(),
          record.getTime().toEpochMilli(),
          ForecastCodec.mode(record.getMode()),
          record.getValue(),
          record.getScored(),
          record.getErrors().stream().mapToDouble(Double::doubleValue).toArray(),
          record.getMae(),
          orNaN(record.getMase()),
          orNaN(record.getLevel()),
          orNaN(record.getCoverage()),
          record.getMethods().stream()
              .map(m -> new Score.Method(m.getName(), m.getMae(), m.getShare()))
              .toList(),
          distribution(record.getDistributionScore()));
    } catch (RuntimeException e) {
      throw new MalformedRecordException("score: " + e.getMessage(), e);
    }
  }

  private static Score.Distribution distribution(DistributionScore scores) {
    return scores == null
        ? null
        : new Score.Distribution(
            scores.getScored(),
            scores.getSteps(),
            scores.getCrps(),
            scores.getCrpsByStep(),
            scores.getQuantiles().stream()
                .map(q -> new Score.Quantile(q.getQuantile(), q.getLoss(), q.getLossByStep()))
                .toList(),
            scores.getIntervals().stream()
                .map(i -> new Score.Interval(i.getLevel(), i.getScore(), i.getScoreByStep()))
                .toList());
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
