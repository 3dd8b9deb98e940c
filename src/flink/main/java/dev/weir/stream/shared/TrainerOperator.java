package dev.weir.stream.shared;

import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.shared.Publication;
import dev.weir.forecast.shared.Publication.Kind;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.forecast.shared.SharedTrainer;
import dev.weir.forecast.shared.TrainerState;
import dev.weir.forecast.shared.TrainingEvent;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ForecastModel;
import dev.weir.stream.WeirTypeInformation;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link SharedTrainer}: one task, whose state is an element of operator state. Samples are
 * processed when the watermark has passed them. A publication becomes a copy to go back to and the
 * record that jobs read, in this order.
 */
final class TrainerOperator extends AbstractStreamOperator<Output>
    implements OneInputStreamOperator<TrainingEvent, Output> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TrainerOperator.class);

  /** The state's name is part of each savepoint. */
  private static final ListStateDescriptor<TrainerState> STATE =
      new ListStateDescriptor<>(
          "trainer", WeirTypeInformation.of(TrainerState.class, TrainerStateSerializer.INSTANCE));

  /** Work at a time, nanoseconds. */
  private static final double TURN_NANOS = 1e8;

  private final SharedSettings settings;

  private transient ListState<TrainerState> states;
  private transient SharedTrainer trainer;
  private transient TrainerMetrics metrics;
  private transient boolean warned;
  private transient boolean warnedOfDrops;
  private transient boolean isToGoOn;

  TrainerOperator(SharedSettings settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    states = context.getOperatorStateStore().getListState(STATE);
    Iterator<TrainerState> saved = states.get().iterator();
    boolean isRestored = saved.hasNext();
    trainer = new SharedTrainer(settings, isRestored ? saved.next() : null);
    if (isRestored && trainer.isNew()) {
      LOG.warn(
          "shared learning of {} starts again: window, horizon, features or model are others",
          settings.target().model());
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    metrics = new TrainerMetrics(getMetricGroup(), settings.target().mode(), trainer);
    goOnLater();
  }

  @Override
  public void finish() throws Exception {
    proceed(Long.MIN_VALUE, Double.POSITIVE_INFINITY);
    super.finish();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    states.update(List.of(trainer.state()));
  }

  @Override
  public void processElement(StreamRecord<TrainingEvent> element) {
    TrainingEvent event = element.getValue();
    if (event instanceof SampledValue value) {
      if (trainer.isCrowded()) { // what is due first, so that none of it is dropped
        proceed(Long.MIN_VALUE, TURN_NANOS);
      }
      long before = trainer.dropped();
      trainer.add(value);
      metrics.dropped.inc(trainer.dropped() - before);
      if (trainer.crowdedOut() > 0 && !warnedOfDrops) {
        warnedOfDrops = true;
        LOG.warn(
            "shared learning of {} drops samples: expected at most {} MB of them to wait for their"
                + " truth, got more; lower learning.shared.budget",
            settings.target().model(),
            SharedTrainer.MAX_WAITING_BYTES >> 20);
      }
      return;
    }
    ActiveModel active = (ActiveModel) event;
    proceed(Long.MIN_VALUE, Double.POSITIVE_INFINITY); // samples that are due are the old model's
    if (trainer.use(active)) {
      LOG.info(
          "shared learning of {} {} from version {}",
          settings.target().model(),
          trainer.isTraining() ? "starts" : "pauses, since it can't train copies,",
          active.model().version());
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    proceed(mark.getTimestamp(), TURN_NANOS);
    super.processWatermark(mark);
  }

  /** Learns for a while; the rest later, so that a checkpoint's barrier does not wait for it. */
  private void proceed(long watermark, double nanos) {
    for (Publication publication : trainer.advance(watermark, nanos)) {
      publish(publication);
    }
    goOnLater();
    if (!warned && trainer.isWithoutHeldOut()) {
      warned = true;
      LOG.warn(
          "shared learning of {} can't publish: expected one series of ten to be held out, by a hash"
              + " of its name, got none so far",
          settings.target().model());
    }
  }

  private void goOnLater() {
    if (trainer.isBehind() && !isToGoOn) {
      isToGoOn = true;
      ProcessingTimeService time = getProcessingTimeService();
      time.registerTimer(
          time.getCurrentProcessingTime(),
          now -> {
            isToGoOn = false;
            proceed(Long.MIN_VALUE, TURN_NANOS);
          });
    }
  }

  private void publish(Publication publication) {
    ForecastModel model = publication.model();
    boolean learned = publication.kind() == Kind.LEARNED;
    (learned ? metrics.published : metrics.rolledBack).inc();
    LOG.info(
        "model {} version {} is {}: error on held-out series {} of the last value's, {} by version {}"
            + " (round {}, {} samples)",
        model.name(),
        model.version(),
        learned ? "learned" : "active again",
        number(publication.error()),
        number(publication.errorBefore()),
        publication.before(),
        trainer.rounds(),
        trainer.windows());
    collect(model, true, publication);
    collect(model, false, publication);
    for (long version : publication.retired()) {
      output.collect(
          new StreamRecord<>(
              new LearnedModel(model.name(), version, null, true, publication.time())));
    }
  }

  private void collect(ForecastModel model, boolean isCopy, Publication publication) {
    output.collect(
        new StreamRecord<>(
            new LearnedModel(model.name(), model.version(), model, isCopy, publication.time())));
  }

  private static String number(double error) {
    return String.format(Locale.ROOT, "%.4f", error);
  }
}
