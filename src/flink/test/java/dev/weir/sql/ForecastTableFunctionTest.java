package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.time.Duration;
import java.util.List;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** FORECAST on one partition, without Flink around it. */
class ForecastTableFunctionTest {

  private static final Column SENSOR = new Column("sensor", 0, VarCharType.STRING_TYPE);
  private static final Column VALUE = new Column("v", 1, new DoubleType());

  private static final Columns BY_SENSOR = new Columns(List.of(SENSOR), VALUE, List.of());

  private static ForecastSettings settings(Duration patience, Sampling sampling, Duration ttl) {
    Learning learning = new Learning(LearnerSettings.small(1), LearnerSettings.AUTO, 0);
    return TestSettings.of(3, TestSettings.learned(1, learning))
        .outOfOrderness(patience)
        .sampling(sampling)
        .limits(new StateLimits(ttl, 0))
        .build();
  }

  private static ForecastSettings atOnce() {
    return settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ZERO);
  }

  private static OnePartition partition(Columns columns) throws Exception {
    return new OnePartition(columns).start(atOnce());
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }

  @Test
  void aSeriesWithoutANameOrWithOneBeyondAThousandCharactersIsRefusedAsInTheJob() throws Exception {
    OnePartition empty = partition(BY_SENSOR);
    empty.row(1_000, text(""), 1.5);
    assertThat(empty.statuses()).containsExactly("SERIES");
    assertThat(empty.rows.get(0).getString(9))
        .hasToString("sensor: expected a name of 1 to 1000 characters, got 0");

    OnePartition tooLong = partition(BY_SENSOR);
    tooLong.row(1_000, text("s".repeat(1001)), 1.5);
    tooLong.row(2_000, text("s".repeat(1001)), null);
    assertThat(tooLong.statuses()).containsExactly("SERIES", "SERIES");
    assertThat(tooLong.rows.get(0).getString(9))
        .hasToString("sensor: expected a name of 1 to 1000 characters, got 1001");
    assertThat(tooLong.count("reason.SERIES.deadLetters")).isEqualTo(2);
    assertThat(tooLong.count("reason.NULL_VALUE.deadLetters")).isZero();
    assertThat(tooLong.series.isEmpty()).as("nothing is kept of it").isTrue();
    assertThat(tooLong.timers).isEmpty();

    OnePartition longest = partition(BY_SENSOR);
    longest.row(1_000, text("s".repeat(1000)), 1.5);
    assertThat(longest.statuses()).containsExactly("WARMUP");
  }

  @Test
  void aNullKeyIsASeriesLikeAnother() throws Exception {
    OnePartition none = partition(BY_SENSOR);
    none.row(1_000, null, 1.5);
    assertThat(none.statuses()).containsExactly("WARMUP");
    assertThat(none.series.get(0).name).isEqualTo("null");
  }

  @Test
  void severalKeysAreOneNameWhichIsMeasuredAsAWhole() throws Exception {
    Column line = new Column("line", 0, new VarCharType(500));
    Column plant = new Column("plant", 2, new VarBinaryType(500));
    Columns byTwo = new Columns(List.of(plant, line), VALUE, List.of());

    OnePartition both = partition(byTwo);
    both.row(1_000, text("left"), 1.5, new byte[] {0x0a, (byte) 0xff});
    assertThat(both.series.get(0).name).isEqualTo("0aff|left");

    OnePartition neither = partition(byTwo);
    neither.row(1_000, text(""), 1.5, new byte[0]);
    assertThat(neither.statuses())
        .as("two empty keys are not an empty name")
        .doesNotContain("SERIES");
    assertThat(neither.series.get(0).name).isEqualTo("|");

    OnePartition tooLong = partition(byTwo);
    tooLong.row(1_000, text("l".repeat(500)), 1.5, new byte[250]); // 2 * 250 + 1 + 500
    assertThat(tooLong.statuses()).containsExactly("SERIES");
    assertThat(tooLong.rows.get(0).getString(9))
        .hasToString("plant|line: expected a name of 1 to 1000 characters, got 1001");
  }

  @Test
  void aSilentSeriesIsForgottenAlthoughEventTimeLeapsOverItsNextTimer() throws Exception {
    OnePartition partition =
        new OnePartition(BY_SENSOR)
            .start(settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ofSeconds(10)));
    partition.row(1_000, text("a"), 1.5);
    assertThat(partition.timers).containsExactly(15_000L);

    // the same state, kept four times as long: the old timer comes too early, the next is due at
    // 60 s, and the first watermark after the restart is far beyond both
    partition.start(settings(Duration.ZERO, Sampling.BY_COUNT, Duration.ofSeconds(40)));
    partition.watermark(500_000);
    assertThat(partition.series.isEmpty()).as("not silent by the clock").isFalse();
    assertThat(partition.timers).containsExactly(560_000L);
    partition.clock += 40_000;
    partition.watermark(600_000);

    assertThat(partition.series.isEmpty()).isTrue();
    assertThat(partition.learned.isEmpty()).isTrue();
    assertThat(partition.count("expired")).isEqualTo(1);
  }

  @Test
  void whatWaitsOnAnotherGridIsForecastAlthoughEventTimeLeapsOverItsNewTime() throws Exception {
    Duration patience = Duration.ofMillis(1);
    OnePartition partition =
        new OnePartition(BY_SENSOR).start(settings(patience, Sampling.BY_COUNT, Duration.ZERO));
    partition.row(10_000, text("a"), 1.5);
    partition.row(12_600, text("a"), 2.5);
    assertThat(partition.timers).containsExactly(10_000L, 12_600L);

    // every second from the first time on, 12.6 s counts as 13 s
    Sampling everySecond = new Sampling(Duration.ofSeconds(1), Gap.SKIP, 0);
    partition.start(settings(patience, everySecond, Duration.ZERO));
    partition.watermark(500_000);

    assertThat(partition.rows)
        .extracting(row -> row.getTimestamp(0, 3).getMillisecond())
        .containsExactly(10_000L, 13_000L);
    assertThat(partition.series.get(0).window.pendingSize()).isZero();
  }
}
