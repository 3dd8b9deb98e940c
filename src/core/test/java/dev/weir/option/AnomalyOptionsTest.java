package dev.weir.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.alarm.AlarmRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0.001, 0",
    "0.5, 0.0005, 0",
    "1 per 5000, 0.0002, 0",
    "3  per hour, 3, 3600000",
    "2 per day, 2, 86400000",
    "1 per week, 1, 604800000",
    "0.5 per month, 0.5, 2592000000",
  })
  void budgetIsANumberOrARate(String text, double alarms, long millis) {
    AlarmRate rate = AnomalyOptions.BUDGET.parse(text);
    assertThat(rate).isEqualTo(new AlarmRate(alarms, millis));
    assertThat(AnomalyOptions.BUDGET.parse(rate.toString())).isEqualTo(rate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0", "51", "NaN", "1e999 per week", "-1 per day", "0 per day", "1 per", "1 per year",
        "1 per 0", "1 per 10", "1 per 1e5", "1 per -3", "1 per 1 per day", "per day", "1 day",
            "1/day"
      })
  void anotherBudgetIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> AnomalyOptions.BUDGET.parse(text))
        .hasMessage(
            "expected a number from 0.01 to 50.0, or such as 1 per week, of hour, day, week, month"
                + " or a number of values, got '%s'",
            text);
  }

  @Test
  void theDefaultIsOnePerThousandValues() {
    assertThat(AnomalyOptions.BUDGET.defaultText()).isEqualTo("1");
  }
}
