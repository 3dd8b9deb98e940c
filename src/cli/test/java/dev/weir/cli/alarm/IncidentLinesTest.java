package dev.weir.cli.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.codec.SampleRecords;
import org.junit.jupiter.api.Test;

class IncidentLinesTest {

  @Test
  void eachKindOfIncidentIsOneLine() {
    assertThat(IncidentLines.text(SampleRecords.INCIDENT, true))
        .isEqualTo(
            "1970-01-01 00:01  updated high    drift    pumpe-ß  9.2500, expected 3.5000"
                + "  surprise 4.5  3 values in PT2M");
    assertThat(IncidentLines.text(SampleRecords.WARNING, false))
        .isEqualTo(
            "1970-01-01 00:01  closed  high    threshold  pump-7  86.500, expected 91.250  above"
                + " 90.000 within 4: 88 %, about 1970-01-01 00:05, crossed  3 values in PT2M");
    assertThat(IncidentLines.text(SampleRecords.OPEN_WARNING, false))
        .isEqualTo(
            "1970-01-01 00:01  open    medium  threshold  pump-7  0.50000, expected -2.0000"
                + "  below -1.5000 within 12: 80 %  1 values in PT0S");
    assertThat(IncidentLines.json(SampleRecords.WARNING))
        .contains("\"threshold\":{\"limit\":90.0,\"direction\":\"above\",");
  }
}
