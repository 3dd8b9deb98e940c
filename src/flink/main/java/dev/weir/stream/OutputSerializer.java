package dev.weir.stream;

import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Member;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.alarm.IncidentTracker.Event;
import dev.weir.forecast.alarm.Reason;
import dev.weir.forecast.alarm.Severity;
import dev.weir.forecast.explanation.Explanation;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes output for a sink that is not chained, as in tests and evaluations. */
final class OutputSerializer extends WeirSerializer<Output> {

  private static final long serialVersionUID = 1L;

  static final OutputSerializer INSTANCE = new OutputSerializer();

  private static final byte FORECAST = 0;
  private static final byte DEAD_LETTER = 1;
  private static final byte SCORE = 2;
  private static final byte CLASSIFICATION = 3;
  private static final byte LEARNED_MODEL = 4;
  private static final byte INCIDENT = 5;

  @Override
  public byte version() {
    return 1;
  }

  @Override
  protected void write(Output output, DataOutputView target) throws IOException {
    if (output instanceof Forecast forecast) {
      target.writeByte(FORECAST);
      writeForecast(forecast, target);
    } else if (output instanceof Score score) {
      target.writeByte(SCORE);
      writeScore(score, target);
    } else if (output instanceof Classification classification) {
      target.writeByte(CLASSIFICATION);
      writeClassification(classification, target);
    } else if (output instanceof LearnedModel learned) {
      target.writeByte(LEARNED_MODEL);
      writeLearned(learned, target);
    } else if (output instanceof Incident incident) {
      target.writeByte(INCIDENT);
      writeIncident(incident, target);
    } else {
      target.writeByte(DEAD_LETTER);
      InputEventSerializer.writeDeadLetter((DeadLetter) output, target);
    }
  }

  @Override
  protected Output read(byte version, DataInputView source) throws IOException {
    return switch (source.readByte()) {
      case FORECAST -> readForecast(source);
      case SCORE -> readScore(source);
      case CLASSIFICATION -> readClassification(source);
      case LEARNED_MODEL -> readLearned(source);
      case INCIDENT -> readIncident(source);
      default -> InputEventSerializer.readDeadLetter(source);
    };
  }

  private static void writeForecast(Forecast forecast, DataOutputView target) throws IOException {
    StringValue.writeString(forecast.series(), target);
    target.writeLong(forecast.origin());
    target.writeLong(forecast.windowStart());
    target.writeInt(forecast.seqLen());
    StringValue.writeString(forecast.mode().label(), target);
    writeLongs(forecast.times(), target);
    writeDoubles(forecast.values(), target);
    target.writeInt(forecast.intervals().size());
    for (Interval interval : forecast.intervals()) {
      target.writeDouble(interval.level());
      writeDoubles(interval.lower(), target);
      writeDoubles(interval.upper(), target);
    }
    StringValue.writeString(forecast.model(), target);
    target.writeLong(forecast.modelVersion());
    target.writeLong(forecast.learningSteps());
    StringValue.writeString(forecast.status().name(), target);
    target.writeInt(forecast.covariatesMissing());
    target.writeBoolean(forecast.explanation() != null);
    if (forecast.explanation() != null) {
      writeExplanation(forecast.explanation(), target);
    }
  }

  private static void writeExplanation(Explanation explanation, DataOutputView target)
      throws IOException {
    target.writeDouble(explanation.value());
    target.writeInt(explanation.parts().size());
    for (Explanation.Part part : explanation.parts()) {
      StringValue.writeString(part.name(), target);
      target.writeDouble(part.amount());
    }
  }

  private static Explanation readExplanation(DataInputView source) throws IOException {
    double value = source.readDouble();
    List<Explanation.Part> parts = new ArrayList<>();
    for (int left = source.readInt(); left > 0; left--) {
      parts.add(new Explanation.Part(StringValue.readString(source), source.readDouble()));
    }
    return new Explanation(value, parts);
  }

  private static Forecast readForecast(DataInputView source) throws IOException {
    return new Forecast(
        StringValue.readString(source),
        source.readLong(),
        source.readLong(),
        source.readInt(),
        Mode.ofLabel(StringValue.readString(source)),
        readLongs(source),
        readDoubles(source),
        readIntervals(source),
        StringValue.readString(source),
        source.readLong(),
        source.readLong(),
        Forecast.Status.valueOf(StringValue.readString(source)),
        source.readInt(),
        source.readBoolean() ? readExplanation(source) : null);
  }

  private static List<Interval> readIntervals(DataInputView source) throws IOException {
    int size = source.readInt();
    List<Interval> intervals = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      intervals.add(new Interval(source.readDouble(), readDoubles(source), readDoubles(source)));
    }
    return intervals;
  }

  private static void writeScore(Score score, DataOutputView target) throws IOException {
    StringValue.writeString(score.series(), target);
    target.writeLong(score.time());
    StringValue.writeString(score.mode().label(), target);
    target.writeDouble(score.value());
    target.writeLong(score.scored());
    writeDoubles(score.errors(), target);
    target.writeDouble(score.mae());
    target.writeDouble(score.mase());
    target.writeDouble(score.level());
    target.writeDouble(score.coverage());
    target.writeInt(score.methods().size());
    for (Score.Method method : score.methods()) {
      StringValue.writeString(method.name(), target);
      target.writeDouble(method.mae());
      target.writeDouble(method.share());
    }
    target.writeBoolean(score.distribution() != null);
    if (score.distribution() != null) {
      writeDistribution(score.distribution(), target);
    }
  }

  private static void writeDistribution(Score.Distribution scores, DataOutputView target)
      throws IOException {
    target.writeLong(scores.scored());
    target.writeInt(scores.steps().size());
    for (int step : scores.steps()) {
      target.writeInt(step);
    }
    target.writeDouble(scores.crps());
    writeList(scores.crpsByStep(), target);
    target.writeInt(scores.quantiles().size());
    for (Score.Quantile quantile : scores.quantiles()) {
      target.writeDouble(quantile.quantile());
      target.writeDouble(quantile.loss());
      writeList(quantile.lossByStep(), target);
    }
    target.writeInt(scores.intervals().size());
    for (Score.Interval interval : scores.intervals()) {
      target.writeDouble(interval.level());
      target.writeDouble(interval.score());
      writeList(interval.scoreByStep(), target);
    }
  }

  private static Score.Distribution readDistribution(DataInputView source) throws IOException {
    long scored = source.readLong();
    List<Integer> steps = new ArrayList<>();
    for (int left = source.readInt(); left > 0; left--) {
      steps.add(source.readInt());
    }
    double crps = source.readDouble();
    List<Double> crpsByStep = readList(source);
    List<Score.Quantile> quantiles = new ArrayList<>();
    for (int left = source.readInt(); left > 0; left--) {
      quantiles.add(new Score.Quantile(source.readDouble(), source.readDouble(), readList(source)));
    }
    List<Score.Interval> intervals = new ArrayList<>();
    for (int left = source.readInt(); left > 0; left--) {
      intervals.add(new Score.Interval(source.readDouble(), source.readDouble(), readList(source)));
    }
    return new Score.Distribution(scored, steps, crps, crpsByStep, quantiles, intervals);
  }

  private static void writeList(List<Double> values, DataOutputView target) throws IOException {
    target.writeInt(values.size());
    for (double value : values) {
      target.writeDouble(value);
    }
  }

  private static List<Double> readList(DataInputView source) throws IOException {
    List<Double> values = new ArrayList<>();
    for (int left = source.readInt(); left > 0; left--) {
      values.add(source.readDouble());
    }
    return values;
  }

  private static Score readScore(DataInputView source) throws IOException {
    return new Score(
        StringValue.readString(source),
        source.readLong(),
        Mode.ofLabel(StringValue.readString(source)),
        source.readDouble(),
        source.readLong(),
        readDoubles(source),
        source.readDouble(),
        source.readDouble(),
        source.readDouble(),
        source.readDouble(),
        readMethods(source),
        source.readBoolean() ? readDistribution(source) : null);
  }

  private static List<Score.Method> readMethods(DataInputView source) throws IOException {
    int size = source.readInt();
    List<Score.Method> methods = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      methods.add(
          new Score.Method(
              StringValue.readString(source), source.readDouble(), source.readDouble()));
    }
    return methods;
  }

  private static void writeClassification(Classification output, DataOutputView target)
      throws IOException {
    StringValue.writeString(output.series(), target);
    target.writeLong(output.windowStart());
    target.writeLong(output.windowEnd());
    target.writeInt(output.steps());
    StringValue.writeString(output.label(), target);
    target.writeInt(output.classes().size());
    for (String name : output.classes()) {
      StringValue.writeString(name, target);
    }
    writeDoubles(output.probabilities(), target);
    StringValue.writeString(output.model(), target);
    target.writeLong(output.modelVersion());
    target.writeLong(output.labels());
    target.writeDouble(output.accuracy());
    target.writeDouble(output.logLoss());
    StringValue.writeString(output.status().name(), target);
  }

  private static Classification readClassification(DataInputView source) throws IOException {
    return new Classification(
        StringValue.readString(source),
        source.readLong(),
        source.readLong(),
        source.readInt(),
        StringValue.readString(source),
        readNames(source),
        readDoubles(source),
        StringValue.readString(source),
        source.readLong(),
        source.readLong(),
        source.readDouble(),
        source.readDouble(),
        Classification.Status.valueOf(StringValue.readString(source)));
  }

  private static void writeLearned(LearnedModel learned, DataOutputView target) throws IOException {
    StringValue.writeString(learned.name(), target);
    target.writeLong(learned.version());
    target.writeBoolean(learned.isCopy());
    target.writeLong(learned.time());
    writeBytes(learned.model() == null ? null : ModelFiles.toBytes(learned.model()), target);
  }

  private static LearnedModel readLearned(DataInputView source) throws IOException {
    String name = StringValue.readString(source);
    long version = source.readLong();
    boolean isCopy = source.readBoolean();
    long time = source.readLong();
    byte[] bytes = readBytes(source);
    ForecastModel model =
        bytes == null
            ? null
            : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "learned model");
    return new LearnedModel(name, version, model, isCopy, time);
  }

  private static void writeIncident(Incident incident, DataOutputView target) throws IOException {
    StringValue.writeString(incident.series(), target);
    StringValue.writeString(incident.id(), target);
    StringValue.writeString(incident.event().name(), target);
    target.writeLong(incident.time());
    target.writeLong(incident.start());
    target.writeLong(incident.end());
    target.writeLong(incident.values());
    target.writeLong(incident.worst().time());
    target.writeDouble(incident.worst().value());
    target.writeDouble(incident.worst().expected());
    target.writeDouble(incident.worst().error());
    target.writeDouble(incident.worst().surprise());
    StringValue.writeString(incident.reason().name(), target);
    StringValue.writeString(incident.severity().name(), target);
    target.writeInt(incident.newest().size());
    for (Incident.Value value : incident.newest()) {
      target.writeLong(value.time());
      target.writeDouble(value.value());
    }
    StringValue.writeString(incident.model(), target);
    target.writeLong(incident.modelVersion());
    writeWarning(incident.warning(), target);
    target.writeInt(incident.members().size());
    for (Member member : incident.members()) {
      StringValue.writeString(member.series(), target);
      target.writeDouble(member.surprise());
    }
  }

  private static List<Member> readMembers(DataInputView source) throws IOException {
    int size = source.readInt();
    List<Member> members = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      members.add(new Member(StringValue.readString(source), source.readDouble()));
    }
    return members;
  }

  private static void writeWarning(Warning warning, DataOutputView target) throws IOException {
    target.writeBoolean(warning != null);
    if (warning == null) {
      return;
    }
    target.writeDouble(warning.limit());
    target.writeBoolean(warning.above());
    target.writeInt(warning.within());
    target.writeDouble(warning.probability());
    target.writeBoolean(warning.crossing() != null);
    if (warning.crossing() != null) {
      target.writeLong(warning.crossing());
    }
    StringValue.writeString(warning.outcome() == null ? null : warning.outcome().name(), target);
  }

  private static Warning readWarning(DataInputView source) throws IOException {
    if (!source.readBoolean()) {
      return null;
    }
    double limit = source.readDouble();
    boolean above = source.readBoolean();
    int within = source.readInt();
    double probability = source.readDouble();
    Long crossing = source.readBoolean() ? source.readLong() : null;
    String outcome = StringValue.readString(source);
    return new Warning(
        limit,
        above,
        within,
        probability,
        crossing,
        outcome == null ? null : Outcome.valueOf(outcome));
  }

  private static Incident readIncident(DataInputView source) throws IOException {
    return new Incident(
        StringValue.readString(source),
        StringValue.readString(source),
        Event.valueOf(StringValue.readString(source)),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        new Incident.Worst(
            source.readLong(),
            source.readDouble(),
            source.readDouble(),
            source.readDouble(),
            source.readDouble()),
        Reason.valueOf(StringValue.readString(source)),
        Severity.valueOf(StringValue.readString(source)),
        readValues(source),
        StringValue.readString(source),
        source.readLong(),
        readWarning(source),
        readMembers(source));
  }

  private static List<Incident.Value> readValues(DataInputView source) throws IOException {
    int size = source.readInt();
    List<Incident.Value> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(new Incident.Value(source.readLong(), source.readDouble()));
    }
    return values;
  }

  private static List<String> readNames(DataInputView source) throws IOException {
    int size = source.readInt();
    List<String> names = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      names.add(StringValue.readString(source));
    }
    return names;
  }

  private static void writeLongs(long[] values, DataOutputView target) throws IOException {
    target.writeInt(values == null ? -1 : values.length);
    for (int i = 0; values != null && i < values.length; i++) {
      target.writeLong(values[i]);
    }
  }

  private static long[] readLongs(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    long[] values = new long[length];
    for (int i = 0; i < length; i++) {
      values[i] = source.readLong();
    }
    return values;
  }

  @Override
  public TypeSerializerSnapshot<Output> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<Output> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
