package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.slot.SeriesDimensions;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static History history(int season, int tail) {
    SeriesDimensions shape = new SeriesDimensions(2, season, History.exact(2, season, 2600), tail);
    History history =
        new History()
            .attach(
                shape,
                new long[1 + History.LONGS],
                new double[History.DOUBLES + 3],
                new float[History.floats(shape) + 5],
                new short[History.shorts(shape) + 3]);
    history.reset(0);
    return history;
  }

  @Test
  void theNewestValuesAreKeptAsTheyCame() {
    History history = history(4, 100);
    for (int t = 0; t < 5_000; t++) {
      history.append(1.7e9 + t);
      for (int ago = 0; ago < Math.min(t + 1, history.shape().exact()); ago++) {
        assertThat(history.at(t - ago)).isEqualTo(1.7e9 + t - ago);
      }
    }
    assertThat(history.has(5_000)).isFalse();
    assertThat(history.has(10)).isFalse();
  }

  @Test
  void theNewestValuesKeepTheirStepsAfterALeap() {
    History history = history(1, 100);
    for (int t = 0; t < 30; t++) {
      history.append(t % 3);
    }
    history.append(1e30);
    for (int t = 0; t < 30; t++) {
      history.append(7 + 0.25 * t);
      assertThat(history.newest()).isEqualTo(7 + 0.25 * t);
      assertThat(history.at(history.t())).isEqualTo(7 + 0.25 * t);
    }
    for (int ago = 0; ago < 29; ago++) { // all but the first, which a float beside 1e30 is not
      assertThat(history.at(history.t() - ago)).isEqualTo(7 + 0.25 * (29 - ago), within(1e-6));
    }
  }

  @Test
  void aValueThatRepeatsIsKeptAsTheSameValue() {
    History history = history(1, 100);
    for (int t = 0; t < 500; t++) {
      history.append(t % 50 < 20 ? 1_000_000.1 : 1e5 * Math.sin(t));
      if (t % 50 > 0 && t % 50 < 20) {
        assertThat(history.at(t)).isEqualTo(history.at(t - 1));
      }
    }
  }

  @Test
  void itsValuesAreReadWithoutKnowingItsShape() {
    SeriesDimensions shape = new SeriesDimensions(2, 4, History.exact(2, 4, 2600), 300);
    long[] longs = new long[2 + History.LONGS];
    double[] doubles = new double[History.DOUBLES];
    float[] floats = new float[History.floats(shape) + 9];
    short[] shorts = new short[History.shorts(shape) + 1];
    History history = new History().attach(shape, longs, doubles, floats, shorts);
    history.reset(0);
    for (int t = 0; t < 1_000; t++) {
      history.append(50 + 5 * Math.sin(t));
    }
    double[] values = History.values(longs, doubles, floats, shorts);
    assertThat(values.length).isBetween(300, 332);
    for (int i = 0; i < values.length; i++) {
      double truth = 50 + 5 * Math.sin(1_000 - values.length + i);
      assertThat(values[i]).isEqualTo(truth, within(10 / 8192.0)); // a part of the range, 45 to 55
    }
    longs[8 + 2] = 1_000_000; // the tail's size
    assertThat(History.values(longs, doubles, floats, shorts)).isNull();
    assertThat(History.values(new long[3], doubles, floats, shorts)).isNull();
  }

  @Test
  void replayKeepsOlderValuesAndChangesNoSeason() {
    int exact = History.exact(2, 400, 2600); // a week of 2,800 does not fit
    SeriesDimensions shape = new SeriesDimensions(2, 400, exact, 100, 2_000);
    History history = NewHistory.of(shape);
    for (int t = 0; t < 5_000; t++) {
      history.append(t);
    }
    assertThat(history.at(4_999 - exact - 1_999)).isEqualTo(4_999 - exact - 1_999);
    assertThat(shape.week()).isEqualTo(1);
  }

  @Test
  void aLagIsTheLastKnownValueAtThatPhase() {
    History history = history(4, 100);
    for (int t = 0; t < 10; t++) {
      history.append(t);
    }
    assertThat(history.lag(1, 4)).isEqualTo(6); // 10 - 4
    assertThat(history.lag(4, 4)).isEqualTo(9);
    assertThat(history.lag(5, 4)).isEqualTo(6); // 14 - 8
    assertThat(history.lag(1, 28)).isEqualTo(9); // not so long ago: the newest
  }

  @Test
  void theRangeIsThatOfTheLastTwoHundredValues() {
    History history = history(1, 100);
    history.append(-50);
    for (int t = 1; t < 200; t++) {
      history.append(t % 10);
    }
    assertThat(history.low()).isEqualTo(-50);
    history.append(3);
    assertThat(history.low()).isZero();
    assertThat(history.high()).isEqualTo(9);
    assertThat(history.clamp(100)).isEqualTo(13.5); // 9 + half of 9
  }

  @Test
  void meanAndDeviationBeginAsPlainOnes() {
    History history = history(1, 100);
    history.append(2);
    history.append(4);
    history.append(9);
    assertThat(history.mean()).isEqualTo(5, within(1e-12));
    assertThat(history.deviation()).isEqualTo(Math.sqrt((9 + 1 + 16) / 3.0), within(1e-12));
  }

  @Test
  void transformingBackGivesTheValue() {
    for (double offset : new double[] {0, -3, 1e6, 1.7e9}) {
      History history = history(1, 100);
      for (int t = 0; t < 400; t++) {
        double value = offset + 5 * Math.sin(t);
        history.append(value);
        if (history.tailSize() > 0) {
          assertThat(history.untransformed(history.tailNewest())).isEqualTo(value, within(3e-5));
        }
      }
      assertThat(history.tailSize()).isBetween(100, 132);
    }
  }

  @Test
  void zerosHaveNoScaleUntilSomethingElseComes() {
    History history = history(1, 100);
    for (int t = 0; t < 50; t++) {
      history.append(0);
    }
    assertThat(history.untransformed(history.tailNewest())).isZero();
    history.append(-8);
    assertThat(history.untransformed(history.tailNewest())).isEqualTo(-8, within(1e-5));
  }
}
