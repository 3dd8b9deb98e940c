package dev.weir.cli;

import dev.weir.forecast.ForecastSettings;
import dev.weir.job.ForecastPipeline;
import dev.weir.job.ForecastPipeline.Middle;
import dev.weir.job.JobSettings;
import dev.weir.model.Mode;
import dev.weir.stream.WeirType;
import java.nio.file.Path;

/** The pipelines that {@code weir bench} measures, from the smallest to the whole. */
enum BenchPipeline {
  /** Source, decoding, shuffle, encoding and sink: what any job on these topics pays. */
  IDENTITY("identity"),
  /** And the windows, in keyed state. */
  WINDOWS("windows"),
  /** The job, whose model never comes: all but the network. */
  LAST_VALUE("last-value"),
  /** The job with its network, learning off. */
  FORECAST("forecast"),
  /** The job as it is by default: learns each series. */
  LEARN("learn");

  static final int SEQ_LEN = 5;
  private static final int HORIZON = 2;

  final String label;

  BenchPipeline(String label) {
    this.label = label;
  }

  /** The pipeline with this label; null when there is none. */
  static BenchPipeline ofLabel(String label) {
    for (BenchPipeline pipeline : values()) {
      if (pipeline.label.equals(label)) {
        return pipeline;
      }
    }
    return null;
  }

  static int horizon(Mode mode) {
    return mode == Mode.MANY_TO_ONE ? HORIZON : SEQ_LEN;
  }

  /**
   * The job file of one run.
   *
   * @param run unique; names the job, its group and its topics
   * @param input topic of the observations
   * @param model weights of the network
   */
  String jobFile(String run, String bootstrapServers, String input, Mode mode, Path model) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("name: ").append(run).append('\n');
    yaml.append("kafka:\n  bootstrap-servers: ").append(bootstrapServers).append('\n');
    yaml.append("topics:\n");
    yaml.append("  observations: ").append(input).append('\n');
    yaml.append("  forecasts: ").append(run).append("-forecasts\n");
    yaml.append("  scores: ").append(run).append("-scores\n");
    yaml.append("  dead-letters: ").append(run).append("-dead-letters\n");
    yaml.append("  models: ").append(run).append("-models\n");
    yaml.append("source:\n  start: earliest\n");
    yaml.append("window:\n  seq-len: ").append(SEQ_LEN).append("\n  stride: 1\n");
    if (this != LEARN) {
      yaml.append("learning: off\n");
    }
    yaml.append("forecast:\n  ").append(mode.label()).append(":\n");
    yaml.append("    horizon: ").append(horizon(mode)).append('\n');
    if (this != LEARN) {
      yaml.append("    model: ").append(BenchLoad.MODEL).append('\n');
    }
    if (this == FORECAST) {
      yaml.append("    file: \"").append(model).append("\"\n");
    }
    return yaml.toString();
  }

  /** What stands between the ends. */
  Middle middle(JobSettings settings) {
    ForecastSettings forecast = settings.forecast();
    Mode mode = forecast.targets().get(0).mode();
    return switch (this) {
      case IDENTITY ->
          (observations, models) ->
              ForecastPipeline.keyed(observations)
                  .process(new BenchFunctions.Identity(mode))
                  .returns(WeirType.OUTPUT)
                  .uid("identity");
      case WINDOWS ->
          (observations, models) ->
              ForecastPipeline.keyed(observations)
                  .process(new BenchFunctions.WindowsOnly(mode))
                  .returns(WeirType.OUTPUT)
                  .uid("windows");
      case LAST_VALUE, FORECAST, LEARN ->
          (observations, models) -> ForecastPipeline.build(observations, models, forecast);
    };
  }
}
