package dev.weir.kafka;

import dev.weir.forecast.Score;
import java.io.IOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Scores as plain Avro binary of {@code score.avsc}. Not thread-safe: buffers are reused. */
public final class ScoreCodec {

  private static final AvroBytes.Fields<Score> FIELDS = ScoreCodec::write;

  private final AvroBounds bounds = new AvroBounds();
  private final AvroBytes buffer = new AvroBytes();
  private final SpecificDatumReader<dev.weir.kafka.avro.Score> reader =
      new SpecificDatumReader<>(dev.weir.kafka.avro.Score.class);
  private BinaryDecoder decoder;

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(dev.weir.kafka.avro.Score.getClassSchema());
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
  }

  public Score decode(byte[] bytes) throws MalformedException {
    bounds.check(reader.getSchema(), bytes);
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
      dev.weir.kafka.avro.Score record = reader.read(null, decoder);
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
              .toList());
    } catch (IOException | RuntimeException e) {
      throw new MalformedException("score: " + e.getMessage(), e);
    }
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
