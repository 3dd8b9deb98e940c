package dev.weir.forecast.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FollowedStepsTest {

  @Test
  void fewStepsAreAllFollowed() {
    FollowedSteps followed = new FollowedSteps(4);
    assertThat(followed.count()).isEqualTo(4);
    for (int i = 1; i <= 4; i++) {
      assertThat(followed.has(i)).isTrue();
      assertThat(followed.step(i - 1)).isEqualTo(i);
    }
  }

  @Test
  void theHorizonIsFollowedWhateverItIs() { // 1 2 3 4 6 8 11 13
    FollowedSteps followed = new FollowedSteps(13);
    assertThat(followed.count()).isEqualTo(8);
    assertThat(followed.step(7)).isEqualTo(13);
    assertThat(followed.has(13)).isTrue();
    assertThat(followed.has(12)).isFalse();
  }

  @Test
  void aStepBetweenTwoHasTheNearestOneAndTheLastBeforeIt() {
    FollowedSteps followed = new FollowedSteps(13);
    assertThat(followed.step(followed.nearest(5))).isEqualTo(4); // the shorter of two
    assertThat(followed.step(followed.nearest(9))).isEqualTo(8);
    assertThat(followed.step(followed.nearest(10))).isEqualTo(11);
    assertThat(followed.step(followed.last(10))).isEqualTo(8);
    assertThat(followed.step(followed.last(11))).isEqualTo(11);
    assertThat(followed.last(1)).isZero();
  }

  @Test
  void whatStandsForAStepLiesBetweenItsNeighbours() {
    FollowedSteps followed = new FollowedSteps(13);
    double[] values = {10, 20, 30, 40, 60, 80, 110, 170};
    for (int i : new int[] {1, 2, 4, 5, 7, 8, 9, 10, 11}) {
      assertThat(followed.between(values, i)).as("step %d", i).isEqualTo(10 * i, within(1e-5));
    }
    assertThat(followed.between(values, 12)).isEqualTo(140, within(1e-5));
    assertThat(followed.between(values, 13)).isEqualTo(170);
  }

  @Test
  void eachNearStepIsScoredAndOfFarOnesThoseThatAreFollowed() {
    FollowedSteps scored = FollowedSteps.scored(100); // 1 to 48, 65 92 100
    assertThat(scored.count()).isEqualTo(51);
    assertThat(scored.last(48)).isEqualTo(47);
    assertThat(scored.step(48)).isEqualTo(65);
    assertThat(scored.horizon()).isEqualTo(100);
    int steps = 0;
    for (int s = 0; s < scored.count(); s++) {
      steps += scored.width(s);
    }
    assertThat(steps).isEqualTo(100);
    assertThat(scored.width(46)).isEqualTo(1);
    assertThat(scored.width(47)).isEqualTo(9); // 48 to 56
    assertThat(scored.nearest(56)).isEqualTo(47);
    assertThat(scored.nearest(57)).isEqualTo(48);
    assertThat(FollowedSteps.scored(48).count()).isEqualTo(48);
  }

  @Test
  void groupsDoubleWithTheDistance() { // 1 | 2 | 3 4 | 5..8 | 9..16 | 17..
    int[] groups = {0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5};
    for (int i = 1; i <= groups.length; i++) {
      assertThat(HorizonGroups.group(i)).as("step %d", i).isEqualTo(groups[i - 1]);
      boolean first = i == 1 || groups[i - 1] != groups[i - 2];
      assertThat(HorizonGroups.isFirst(i)).as("step %d", i).isEqualTo(first);
    }
    assertThat(HorizonGroups.count(24)).isEqualTo(6);
  }

  @Test
  void eachFirstStepHasAsManyPlacesAsItsForecastsWait() {
    assertThat(HorizonGroups.place(1)).isZero();
    assertThat(HorizonGroups.place(5)).isEqualTo(1 + 2 + 3);
    assertThat(HorizonGroups.places(24)).isEqualTo(1 + 2 + 3 + 5 + 9 + 17);
    assertThat(HorizonGroups.places(2)).isEqualTo(3);
  }
}
