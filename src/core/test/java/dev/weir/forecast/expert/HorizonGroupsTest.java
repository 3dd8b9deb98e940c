package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HorizonGroupsTest {

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
