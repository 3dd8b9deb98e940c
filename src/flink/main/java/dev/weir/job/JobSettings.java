package dev.weir.job;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.KafkaSettings;
import dev.weir.stream.covariate.CovariateSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A job file, checked: everything that a job needs to be built.
 *
 * @param name name of the job
 * @param kafka where the pipeline's ends are
 * @param forecast what the operator that forecasts is configured with; without modes there is no
 *     such operator
 * @param covariates how observations get covariates from a topic of their own; null: there is no
 *     such operator
 * @param outside how observations get outside forecasts from a topic of their own; null: there is
 *     no such operator
 * @param classify what the operator that classifies is configured with; null: there is no such
 *     operator
 * @param idleTimeout a partition without an observation for so long, and without unread records, no
 *     longer holds back time
 * @param createTopics whether missing output and model topics are created
 */
public record JobSettings(
    String name,
    KafkaSettings kafka,
    ForecastSettings forecast,
    CovariateSettings covariates,
    CovariateSettings outside,
    ClassifySettings classify,
    Duration idleTimeout,
    boolean createTopics) {

  /** Numbers known ahead for each step that observations bring; -1: any. */
  public int observedAhead() {
    boolean isWithout = outside != null || forecast.modes().isEmpty();
    return isWithout ? forecast.covariatesAhead() : forecast.columnsAhead();
  }

  /**
   * Reads a job file and the weights that it names.
   *
   * @param overrides values that win over those of the file, by key
   * @throws JobFileException with each thing that is wrong
   */
  public static JobSettings read(Path file, Map<String, String> overrides) throws IOException {
    return of(JobFile.read(file, overrides), file.toAbsolutePath().getParent());
  }

  /** The settings of a job file that comes inside the jar, by its name. */
  public static JobSettings builtin(String name, Map<String, String> overrides) throws IOException {
    String resource = "/jobs/" + name + ".yaml";
    try (InputStream in = JobSettings.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no built-in job " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return of(JobFile.parse(text, name + ".yaml", overrides), Path.of(""));
    }
  }

  /**
   * The settings of a job file that is parsed.
   *
   * @param directory where a relative path starts
   */
  public static JobSettings of(JobFile file, Path directory) {
    return new JobReader(file, directory).read();
  }
}
