package dev.weir.cli.deadletter;

import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.RecordFields;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** What the record of a dead letter holds, by the mapping of its job. Not thread-safe. */
final class LetterReader {

  private static final int SHOWN = 5;
  private static final String MODEL = "MODEL";

  private final ObservationDeserializer mapped; // null: records are Weir's own

  /**
   * @param mapped what reads the job's observations; null: they are Weir's own
   */
  LetterReader(ObservationDeserializer mapped) {
    this.mapped = mapped;
    if (mapped != null) {
      mapped.openAlone();
    }
  }

  /** Of the job file that is given, if one is. */
  static LetterReader of(KafkaOptions kafka) throws IOException {
    return new LetterReader(
        kafka.mapping() == null ? null : ObservationDeserializer.of(null, kafka.job().kafka()));
  }

  /** Names and values of the record's fields, as far as they can be read. */
  Map<String, String> fields(Letter letter) {
    if (mapped == null || MODEL.equals(letter.reason()) || letter.source() == null) {
      return RecordFields.of(letter.value(), MODEL.equals(letter.reason()));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    List<Observation> read = mapped(letter);
    for (int i = 0; i < Math.min(read.size(), SHOWN); i++) {
      Observation o = read.get(i);
      fields.put(
          "as read " + (i + 1),
          "%s  %s  %s".formatted(o.series(), Instant.ofEpochMilli(o.time()), o.value()));
    }
    if (read.size() > SHOWN) {
      fields.put("as read", "%,d more".formatted(read.size() - SHOWN));
    }
    return fields;
  }

  /** The series that the record has values of, as far as they can be read. */
  List<String> series(Letter letter) {
    if (mapped != null && letter.source() != null) {
      return mapped(letter).stream().map(Observation::series).distinct().toList();
    }
    String name = RecordFields.of(letter.value(), false).get("series");
    return name == null ? List.of() : List.of(name);
  }

  private List<Observation> mapped(Letter letter) {
    Source source = letter.source();
    List<Observation> read = new ArrayList<>();
    mapped.read(
        new ConsumerRecord<>(
            source.topic(),
            source.partition(),
            source.offset(),
            source.timestamp(),
            TimestampType.CREATE_TIME,
            ConsumerRecord.NULL_SIZE,
            ConsumerRecord.NULL_SIZE,
            letter.key(),
            letter.value(),
            new RecordHeaders(),
            Optional.empty()),
        event -> {
          if (event instanceof ObservationEvent observed) {
            read.add(observed.observation());
          }
        });
    return read;
  }
}
