package dev.weir.kafka.codec;

import dev.weir.forecast.Score;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.DistributionScore;
import dev.weir.kafka.wire.AvroBytes;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Scores as Avro binary of {@code score.avsc}: plain, or behind the id of their schema in a
 * registry; or as JSON with the same fields. Not thread-safe: buffers are reused.
 */
public final class ScoreCodec extends RecordCodec<Score, dev.weir.kafka.avro.Score> {

  public static final Schema SCHEMA = dev.weir.kafka.avro.Score.getClassSchema();

  /** Plain Avro. */
  public ScoreCodec() {
    this(null);
  }

  /** As {@link ForecastCodec#ForecastCodec(RegistrySettings)}. */
  public ScoreCodec(RegistrySettings registry) {
    super("score", dev.weir.kafka.avro.Score.class, registry, RegistrySettings::scoreId);
  }

  @Override
  String series(Score record) {
    return record.series();
  }

  @Override
  void write(Score score, byte[] series, BinaryEncoder out) throws IOException {
    out.writeBytes(series);
    out.writeLong(score.time());
    out.writeString(score.mode().label());
    out.writeDouble(score.value());
    out.writeLong(score.scored());
    AvroBytes.writeArray(score.errors(), out);
    out.writeDouble(score.mae());
    AvroBytes.writeOptional(score.mase(), out);
    AvroBytes.writeOptional(score.level(), out);
    AvroBytes.writeOptional(score.coverage(), out);
    AvroBytes.writeArray(
        score.methods(),
        out,
        (method, to) -> {
          to.writeString(method.name());
          to.writeDouble(method.mae());
          to.writeDouble(method.share());
        });
    write(score.distribution(), out);
  }

  private static void write(Score.Distribution scores, BinaryEncoder out) throws IOException {
    if (scores == null) {
      AvroBytes.writeNull(out);
      return;
    }
    AvroBytes.writePresent(out);
    out.writeLong(scores.scored());
    AvroBytes.writeArray(scores.steps(), out, (step, to) -> to.writeInt(step));
    write(scores.crps(), scores.crpsByStep(), out);
    AvroBytes.writeArray(
        scores.quantiles(),
        out,
        (quantile, to) -> {
          to.writeDouble(quantile.quantile());
          write(quantile.loss(), quantile.lossByStep(), to);
        });
    AvroBytes.writeArray(
        scores.intervals(),
        out,
        (interval, to) -> {
          to.writeDouble(interval.level());
          write(interval.score(), interval.scoreByStep(), to);
        });
  }

  private static void write(double mean, List<Double> bySteps, BinaryEncoder out)
      throws IOException {
    out.writeDouble(mean);
    AvroBytes.writeArray(bySteps, out, (one, to) -> to.writeDouble(one));
  }

  @Override
  Score of(dev.weir.kafka.avro.Score record) {
    return new Score(
        record.getSeries(),
        record.getTime().toEpochMilli(),
        ForecastCodec.mode(record.getMode()),
        record.getValue(),
        record.getScored(),
        record.getErrors().stream().mapToDouble(Double::doubleValue).toArray(),
        record.getMae(),
        AvroBytes.orNaN(record.getMase()),
        AvroBytes.orNaN(record.getLevel()),
        AvroBytes.orNaN(record.getCoverage()),
        record.getMethods().stream()
            .map(m -> new Score.Method(m.getName(), m.getMae(), m.getShare()))
            .toList(),
        distribution(record.getDistributionScore()));
  }

  private static Score.Distribution distribution(DistributionScore scores) {
    return scores == null
        ? null
        : new Score.Distribution(
            scores.getScored(),
            scores.getSteps(),
            scores.getCrps(),
            scores.getCrpsByStep(),
            scores.getQuantiles().stream()
                .map(q -> new Score.Quantile(q.getQuantile(), q.getLoss(), q.getLossByStep()))
                .toList(),
            scores.getIntervals().stream()
                .map(i -> new Score.Interval(i.getLevel(), i.getScore(), i.getScoreByStep()))
                .toList());
  }
}
