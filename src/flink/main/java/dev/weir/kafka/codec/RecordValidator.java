package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.ObservationMapping;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Whether an observation could be used, and why not. Not thread-safe. */
public final class RecordValidator {

  private static final int EXAMPLES = 5;

  private final ObservationDeserializer observations;
  private final Queue<String> examples = new ArrayDeque<>();
  private final int features;

  /**
   * @param maxFuture how far ahead of the clock an observation may be
   * @param features covariates that each observation has
   * @param ahead covariates known ahead that an observation may have
   * @param registry where the schemas are; null: plain Avro
   * @param mapping what observations are that are not our own records; null: they are
   */
  public RecordValidator(
      Duration maxFuture,
      int features,
      int ahead,
      RegistrySettings registry,
      ObservationMapping mapping) {
    this.observations = new ObservationDeserializer(null, maxFuture, registry, mapping, ahead);
    this.features = features;
    observations.openAlone();
  }

  /** Why a job would make a dead letter of it; null when it would not. */
  public String observation(ConsumerRecord<byte[], byte[]> record) {
    List<String> problems = new ArrayList<>(1);
    observations.read(
        record,
        event -> {
          String problem = problem(event);
          if (problem != null) {
            problems.add(problem);
          }
        });
    return problems.isEmpty() ? null : problems.get(0);
  }

  /** The newest observations since the last call as a job reads them, a line each. */
  public List<String> takeExamples() {
    List<String> taken = List.copyOf(examples);
    examples.clear();
    return taken;
  }

  private String problem(InputEvent event) {
    if (event instanceof DeadLetter letter) {
      return "%s: %s".formatted(letter.reason(), letter.message());
    }
    Observation observation = ((ObservationEvent) event).observation();
    if (examples.size() == EXAMPLES) {
      examples.remove();
    }
    examples.add(
        "%s at %s: %s%s%s"
            .formatted(
                observation.series(),
                Instant.ofEpochMilli(observation.time()),
                observation.value(),
                observation.features().length == 0
                    ? ""
                    : " with " + Arrays.toString(observation.features()),
                observation.ahead().length == 0
                    ? ""
                    : " ahead " + RecordFields.shown(observation.ahead())));
    int got = observation.features().length;
    return got == features
        ? null
        : "FEATURES: expected %d, as window.features says, got %d".formatted(features, got);
  }
}
