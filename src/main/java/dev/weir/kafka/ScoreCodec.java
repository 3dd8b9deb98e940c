package dev.weir.kafka;

import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Scores as plain Avro binary of {@code score.avsc}. Not thread-safe: buffers are reused. */
public final class ScoreCodec {

  private final AvroBounds bounds = new AvroBounds();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final SpecificDatumReader<dev.weir.kafka.avro.Score> reader =
      new SpecificDatumReader<>(dev.weir.kafka.avro.Score.class);
  private BinaryEncoder encoder;
  private BinaryDecoder decoder;

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(dev.weir.kafka.avro.Score.getClassSchema());
  }

  /** Writes the fields straight in the schema's order, as {@link ForecastCodec} does. */
  public byte[] encode(Score score) throws IOException {
    buffer.reset();
    encoder = EncoderFactory.get().binaryEncoder(buffer, encoder);
    encoder.writeString(score.series());
    encoder.writeLong(score.time());
    encoder.writeString(score.mode().label());
    encoder.writeDouble(score.value());
    encoder.writeLong(score.scored());
    encoder.writeArrayStart();
    encoder.setItemCount(score.errors().length);
    for (double error : score.errors()) {
      encoder.startItem();
      encoder.writeDouble(error);
    }
    encoder.writeArrayEnd();
    encoder.writeDouble(score.mae());
    ForecastCodec.writeOptional(score.mase(), encoder);
    ForecastCodec.writeOptional(score.level(), encoder);
    ForecastCodec.writeOptional(score.coverage(), encoder);
    encoder.writeArrayStart();
    encoder.setItemCount(score.methods().size());
    for (Score.Method method : score.methods()) {
      encoder.startItem();
      encoder.writeString(method.name());
      encoder.writeDouble(method.mae());
      encoder.writeDouble(method.share());
    }
    encoder.writeArrayEnd();
    encoder.flush();
    return buffer.toByteArray();
  }

  public Score decode(byte[] bytes) throws MalformedException {
    bounds.check(reader.getSchema(), bytes);
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
      dev.weir.kafka.avro.Score record = reader.read(null, decoder);
      return new Score(
          record.getSeries(),
          record.getTime().toEpochMilli(),
          Mode.ofLabel(record.getMode()),
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
    } catch (IOException | AvroRuntimeException e) {
      throw new MalformedException("score: " + e.getMessage(), e);
    }
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
