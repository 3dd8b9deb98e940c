package dev.weir.cli.deadletter;

import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.codec.RecordFields;
import dev.weir.kafka.codec.RegistrySubjects;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.registry.RegisteredRecords;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the record of a dead letter holds, by the mapping of its job. Not thread-safe. */
final class LetterReader {

  private static final int SHOWN = 5;
  private static final String MODEL = "MODEL";

  private final MappedRecords mapped; // null: records are Weir's own
  private final ObservationTopics topics;

  private LetterReader(MappedRecords mapped, ObservationTopics topics) {
    this.mapped = mapped;
    this.topics = topics;
  }

  /** Of Weir's own records. */
  LetterReader() {
    this(null, null);
  }

  /** Of a job. */
  LetterReader(KafkaSettings job) {
    this(
        job.source().mapping() == null
            ? null
            : new MappedRecords(
                job.source().mapping(),
                new RegisteredRecords(RegistrySubjects.impatient(job.registry()))),
        job.topics().observations());
    if (mapped != null) {
      mapped.open(MappedRecords.ALONE);
    }
  }

  /** Of the job file that is given, if one is. */
  static LetterReader of(KafkaOptions kafka) throws IOException {
    return kafka.job() == null ? new LetterReader() : new LetterReader(kafka.job().kafka());
  }

  private boolean isMapped(Letter letter) {
    return mapped != null
        && letter.source() != null
        && (topics.names().contains(letter.source().topic())
            || topics.matches(letter.source().topic()));
  }

  /** Names and values of the record's fields, as far as they can be read. */
  Map<String, String> fields(Letter letter) {
    if (!isMapped(letter)) {
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
    if (isMapped(letter)) {
      return mapped(letter).stream().map(Observation::series).distinct().toList();
    }
    String name = RecordFields.of(letter.value(), false).get("series");
    return name == null ? List.of() : List.of(name);
  }

  private List<Observation> mapped(Letter letter) {
    Source source = letter.source();
    List<Observation> read = new ArrayList<>();
    mapped.read(
        new SourceRecord(
            source.topic(),
            source.partition(),
            source.offset(),
            source.timestamp(),
            letter.key(),
            letter.value()),
        event -> {
          if (event instanceof ObservationEvent observed) {
            read.add(observed.observation());
          }
        });
    return read;
  }
}
