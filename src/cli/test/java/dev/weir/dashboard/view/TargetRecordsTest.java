package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.dashboard.Records;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.joint.Targets;
import dev.weir.model.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetRecordsTest {

  private final TargetRecords named =
      new TargetRecords(new Targets(List.of("load", "wind"), List.of()));

  @Test
  void observationIsOneOfEachTargetThatHasAValue() {
    double[] wind = {2.5};
    assertThat(named.split(new Observation("grid", 7, 1, wind, null, false)))
        .extracting(Observation::series, Observation::value)
        .containsExactly(tuple("grid/load", 1.0), tuple("grid/wind", 2.5));
    double[] none = {Double.NaN};
    assertThat(named.split(new Observation("grid", 8, 3, none, null, false)))
        .extracting(Observation::series)
        .containsExactly("grid/load");
  }

  /** The record has one of the targets, and a total that only a job file would name. */
  @Test
  void totalsAreThoseOfTheRecordWhereTheyAreNotKnown() {
    Forecast load = Records.forecast("grid/load", Mode.MANY_TO_ONE, 7, "m", 1);
    JointForecast record =
        new JointForecast(
            "grid",
            7,
            Mode.MANY_TO_ONE,
            List.of(new JointForecast.Target("load", load, null)),
            List.of(new JointForecast.Total("net", load.steps())));
    assertThat(named.split(record))
        .extracting(part -> part.forecast().series(), TargetRecords.Part::together)
        .containsExactly(
            tuple("grid/load", List.of("grid/load", "grid/wind", "grid/net")),
            tuple("grid/net", List.of("grid/load", "grid/wind", "grid/net")));
  }
}
