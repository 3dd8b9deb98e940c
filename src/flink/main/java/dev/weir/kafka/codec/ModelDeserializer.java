package dev.weir.kafka.codec;

import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.Model;
import dev.weir.model.ModelFormatException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the model topic into a {@link ModelEvent}; never throws for a record's sake.
 * A null value is a tombstone that compaction leaves: the active model stays. A copy that is kept
 * to go back to is passed over.
 */
public final class ModelDeserializer implements KafkaRecordDeserializationSchema<ModelEvent> {

  private static final long serialVersionUID = 1L;

  private final TypeInformation<ModelEvent> type;
  private transient ModelCodec codec;

  public ModelDeserializer(TypeInformation<ModelEvent> type) {
    this.type = type;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    codec = new ModelCodec();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ModelEvent> out) {
    if (record.value() == null) {
      return;
    }
    SourceRecord source = DeadLetterCodec.source(record);
    try {
      Model model = codec.decode(record.value());
      out.collect(
          model instanceof ClassifierModel classifier
              ? new ClassifierUpdate(classifier, source)
              : new ModelUpdate((ForecastModel) model, source));
    } catch (ModelFormatException e) {
      out.collect(new DeadLetter(Reason.MODEL, e.getMessage(), source));
    } catch (MalformedRecordException e) {
      out.collect(RecordDeserializer.unreadable(e, source));
    }
  }

  @Override
  public TypeInformation<ModelEvent> getProducedType() {
    return type;
  }
}
