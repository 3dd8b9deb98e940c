package dev.weir.kafka.codec;

import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.Model;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Models as plain Avro binary of {@code model.avsc}, their weights as safetensors bytes inside. */
public final class ModelCodec {

  private final AvroBounds bounds = new AvroBounds();
  private final SpecificDatumReader<dev.weir.kafka.avro.Model> reader =
      new SpecificDatumReader<>(dev.weir.kafka.avro.Model.class);

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(dev.weir.kafka.avro.Model.getClassSchema());
  }

  public static byte[] encode(Model model, Instant created) {
    return AvroBytes.of(
        new dev.weir.kafka.avro.Model(
            model.name(),
            model.version(),
            created,
            ByteBuffer.wrap(Model.toBytes(model)),
            model.provenance()));
  }

  /** The record of the topic; its weights are not decoded. */
  public dev.weir.kafka.avro.Model record(byte[] bytes) throws MalformedRecordException {
    bounds.check(reader.getSchema(), bytes);
    try {
      return reader.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    } catch (IOException | AvroRuntimeException e) {
      throw new MalformedRecordException("model: " + e.getMessage(), e);
    }
  }

  /**
   * The model itself, fully checked. The record's name and version must be those of the weights.
   */
  public Model decode(byte[] bytes) throws MalformedRecordException, ModelFormatException {
    dev.weir.kafka.avro.Model record = record(bytes);
    ByteBuffer buffer = record.getWeights();
    byte[] weights = new byte[buffer.remaining()];
    buffer.get(weights);
    String name = AvroBounds.quoted(record.getName());
    String where = "model %s version %d".formatted(name, record.getVersion());
    Model model;
    try {
      model = Model.fromBytes(weights, where);
    } catch (RuntimeException e) { // a reader's bug must not fail each job of the topic
      throw new MalformedRecordException("%s: %s".formatted(where, e), e);
    }
    if (!model.name().equals(record.getName()) || model.version() != record.getVersion()) {
      throw new MalformedRecordException(
          "model: expected weights of %s version %d, got those of %s version %d"
              .formatted(name, record.getVersion(), model.name(), model.version()));
    }
    return model;
  }
}
