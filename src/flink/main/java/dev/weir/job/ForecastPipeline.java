package dev.weir.job;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.kafka.connector.KafkaConnectors;
import dev.weir.stream.ClassifyOperator;
import dev.weir.stream.ForecastOperator;
import dev.weir.stream.ObservationWatermarks;
import dev.weir.stream.WeirTypeInformation;
import dev.weir.stream.covariate.CovariateJoin;
import dev.weir.stream.covariate.CovariateSettings;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The pipeline as a function of its ends: observations and models in, outputs out. Knows no Kafka
 * and executes nothing, so tests and evaluations run the very same operators on other ends.
 *
 * <p>Uids are part of each savepoint and never change.
 */
public final class ForecastPipeline {

  private static final int DEAD_LETTER_KEYS = 16;

  private ForecastPipeline() {}

  /** The operators between source and sink; a benchmark may replace them. */
  @FunctionalInterface
  public interface Middle {
    SingleOutputStreamOperator<Output> build(
        DataStream<InputEvent> observations, DataStream<ModelEvent> models);
  }

  /** The one shuffle. */
  public static KeyedStream<InputEvent, String> keyed(DataStream<InputEvent> observations) {
    return observations.keyBy(ForecastPipeline::key, Types.STRING);
  }

  /** Observations and models to forecasts and dead letters: one shuffle, one operator. */
  public static SingleOutputStreamOperator<Output> build(
      DataStream<InputEvent> observations,
      DataStream<ModelEvent> models,
      ForecastSettings settings) {
    return keyed(observations)
        .connect(models.broadcast())
        .transform("forecast", WeirTypeInformation.OUTPUT, new ForecastOperator(settings))
        .uid("forecast");
  }

  /** Dead letters have no series; spread them so that a flood of them does not meet one task. */
  private static String key(InputEvent arrival) {
    if (arrival instanceof ObservationEvent observed) {
      return observed.observation().series();
    }
    if (arrival instanceof LabelEvent label) {
      return label.series();
    }
    if (arrival instanceof FeedbackEvent feedback) {
      return feedback.series();
    }
    DeadLetter letter = (DeadLetter) arrival;
    return "dead-letter-"
        + letter.source().partition()
        + "-"
        + letter.source().offset() % DEAD_LETTER_KEYS;
  }

  /** The whole job on Kafka, not yet executed. */
  public static void build(StreamExecutionEnvironment env, JobSettings settings) {
    build(
        env, settings, (observations, models) -> build(observations, models, settings.forecast()));
  }

  /** The job's ends with another middle, not yet executed. */
  static void build(StreamExecutionEnvironment env, JobSettings settings, Middle middle) {
    KafkaConnectors ends = new KafkaConnectors(settings.kafka());
    DataStream<InputEvent> observations =
        env.fromSource(
                ends.observations(
                    WeirTypeInformation.INPUT_EVENT,
                    settings.observedAhead(),
                    settings.idleTimeout(),
                    settings.forecast().outOfOrderness()),
                ObservationWatermarks.strategy(
                    settings.forecast().outOfOrderness(), settings.forecast().limits().ttl()),
                "observations")
            .uid("observations");
    DataStream<ModelEvent> models =
        env.fromSource(
                ends.models(WeirTypeInformation.MODEL_EVENT),
                ObservationWatermarks.none(),
                "models")
            .uid("models")
            .setParallelism(1); // one partition, so that versions keep their order
    DataStream<Output> outputs = null;
    if (!settings.forecast().modes().isEmpty()) {
      DataStream<InputEvent> known = observations;
      if (settings.covariates() != null) {
        Source<CovariateEvent, ?, ?> source = ends.covariates(CovariateJoin.EVENTS);
        known = joined(env, "covariates", source, settings.covariates(), known);
      }
      if (settings.outside() != null) {
        Source<CovariateEvent, ?, ?> source = ends.outside(CovariateJoin.EVENTS);
        known = joined(env, "outside", source, settings.outside(), known);
      }
      if (settings.kafka().topics().feedback() != null) {
        known = known.union(feedback(env, ends));
      }
      SingleOutputStreamOperator<Output> forecasts = middle.build(known, models);
      outputs = forecasts;
    }
    if (settings.classify() != null) {
      DataStream<InputEvent> labels =
          env.fromSource(
                  ends.labels(WeirTypeInformation.INPUT_EVENT),
                  ObservationWatermarks.none(),
                  "labels")
              .uid("labels");
      boolean isAlone = outputs == null; // else the other operator reports dead letters
      DataStream<InputEvent> usable =
          isAlone
              ? observations
              : observations.filter(event -> !(event instanceof DeadLetter)).name("usable");
      DataStream<Output> classes =
          classify(usable.union(labels), models, settings.classify(), isAlone);
      outputs = isAlone ? classes : outputs.union(classes);
    }
    outputs.sinkTo(ends.sink()).name("sink").uid("sink");
  }

  /** Dismissed incidents: a few records, which one task reads. */
  private static DataStream<InputEvent> feedback(
      StreamExecutionEnvironment env, KafkaConnectors ends) {
    return env.fromSource(
            ends.feedback(WeirTypeInformation.INPUT_EVENT),
            ObservationWatermarks.none(),
            "alarms-feedback")
        .uid("alarms-feedback")
        .setParallelism(1);
  }

  /** The observations with what a topic says of the next steps. */
  private static DataStream<InputEvent> joined(
      StreamExecutionEnvironment env,
      String topic,
      Source<CovariateEvent, ?, ?> source,
      CovariateSettings settings,
      DataStream<InputEvent> observations) {
    DataStream<CovariateEvent> known =
        env.fromSource(source, ObservationWatermarks.none(), topic).uid(topic);
    return CovariateJoin.join(topic, observations, known, settings, ForecastPipeline::key);
  }

  /** Observations and labels to classes and dead letters: one shuffle, one operator. */
  public static SingleOutputStreamOperator<Output> classify(
      DataStream<InputEvent> observationsAndLabels,
      DataStream<ModelEvent> models,
      ClassifySettings settings,
      boolean isAlone) {
    return keyed(observationsAndLabels)
        .connect(models.broadcast())
        .transform("classify", WeirTypeInformation.OUTPUT, new ClassifyOperator(settings, isAlone))
        .uid("classify");
  }
}
