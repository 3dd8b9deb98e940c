package dev.weir.cli.health;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.covariate.CovariateDeserializer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Whether records of the covariates topic can be used. */
final class CovariateChecks {

  private CovariateChecks() {}

  /**
   * Says what is wrong with a record, in one line; null if it can be used.
   *
   * @param registry where the records' schemas are; null: plain Avro
   */
  static Function<ConsumerRecord<byte[], byte[]>, String> problems(
      CovariateTopic topic, RegistrySettings registry) {
    CovariateDeserializer records = new CovariateDeserializer(null, topic, registry);
    records.openAlone();
    return record -> {
      String[] problem = new String[1];
      records.read(record, event -> problem[0] = problem(event, problem[0]));
      return problem[0];
    };
  }

  private static String problem(CovariateEvent event, String before) {
    return event instanceof DeadLetter letter
        ? "%s: %s".formatted(letter.reason(), letter.message())
        : before;
  }
}
