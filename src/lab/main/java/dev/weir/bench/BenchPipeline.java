package dev.weir.bench;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.ForecastPipeline;
import dev.weir.job.ForecastPipeline.Middle;
import dev.weir.job.JobSettings;
import dev.weir.model.Mode;
import dev.weir.stream.WeirTypeInformation;
import java.nio.file.Path;

/** The measured pipelines, from the smallest to the default job. */
public enum BenchPipeline {
  /** Source, decoding, shuffle, encoding and sink: what any job on these topics costs. */
  IDENTITY("identity"),
  /** The job without a model: all but the network. */
  LAST_VALUE("last-value"),
  /** The job with a network, learning off. */
  FORECAST("forecast"),
  /** The job with default settings: learns each series. */
  LEARN("learn");

  static final int SEQ_LEN = 5;
  private static final int HORIZON = 2;

  private final String label;

  BenchPipeline(String label) {
    this.label = label;
  }

  static int horizon(Mode mode) {
    return mode == Mode.MANY_TO_ONE ? HORIZON : SEQ_LEN;
  }

  /**
   * The job file of one run.
   *
   * @param run unique; names the job, its group and its topics
   * @param input topic of the observations
   * @param network weights
   */
  String jobFile(String run, String bootstrapServers, String input, Mode mode, Path network) {
    String yaml =
        """
        name: %1$s
        kafka:
          bootstrap-servers: %2$s
        topics:
          observations: %3$s
          forecasts: %1$s-forecasts
          scores: %1$s-scores
          dead-letters: %1$s-dead-letters
          models: %1$s-models
        source:
          start: earliest
        window:
          seq-len: %4$d
          stride: 1
        learning: %5$s
        forecast:
          %6$s:
            horizon: %7$d
        """
            .formatted(
                run,
                bootstrapServers,
                input,
                SEQ_LEN,
                this == LEARN ? "on" : "off",
                mode.label(),
                horizon(mode));
    return switch (this) {
      case LEARN -> yaml;
      case FORECAST -> yaml + "    model: bench\n    file: \"" + network + "\"\n";
      case IDENTITY, LAST_VALUE -> yaml + "    model: bench\n";
    };
  }

  /** The operators between the shuffle and the sink. */
  Middle middle(JobSettings settings) {
    ForecastSettings forecast = settings.forecast();
    if (this != IDENTITY) {
      return (observations, models) -> ForecastPipeline.build(observations, models, forecast);
    }
    return (observations, models) ->
        ForecastPipeline.keyed(observations)
            .process(new IdentityFunction(forecast.modes().get(0).mode()))
            .returns(WeirTypeInformation.OUTPUT)
            .uid("identity");
  }

  @Override
  public String toString() {
    return label;
  }
}
