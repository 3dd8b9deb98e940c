package dev.weir.forecast.slot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {

  private final Slots slots = NewSlots.declare();
  private final FloatSlice fixed = slots.in("a").floats("x", 2);
  private final DoubleSlice sums = slots.in("a").doubles("y", 1);
  private final FloatSlice ofSeason =
      slots.in("b").ofSeason().floats("x", SeriesDimensions::season);
  private final Bfloat16Slice ofExperts = slots.ofExperts().bfloats("z", 3);

  private void fill() {
    NewSlots.bind(slots, 2);
    fixed.set(1, 4);
    sums.set(0, 5);
    ofSeason.set(0, 6);
    ofSeason.set(1, 7);
    ofExperts.set(2, 8);
  }

  @Test
  void layoutFollowsFromTheDeclarations() {
    Slots.Layout layout = slots.layout(7);
    assertThat(layout.firsts()).containsExactly(0, 0, 2, 0);
    assertThat(layout.floats()).isEqualTo(2 + 7);
    assertThat(layout.doubles()).isEqualTo(1);
    assertThat(layout.shorts()).isEqualTo(3);
  }

  @Test
  void numbersAreShownByName() {
    fill();
    assertThat(slots).hasToString("a.x: 0.0 4.0\na.y: 5.0\nb.x: 6.0 7.0\nz: 0.0 0.0 8.0\n");
  }

  @Test
  void partIsClearedAlone() {
    fill();
    slots.in("a").clear();
    assertThat(slots).hasToString("a.x: 0.0 0.0\na.y: 0.0\nb.x: 6.0 7.0\nz: 0.0 0.0 8.0\n");
    slots.clear();
    assertThat(slots).hasToString("a.x: 0.0 0.0\na.y: 0.0\nb.x: 0.0 0.0\nz: 0.0 0.0 0.0\n");
  }

  @Test
  void anotherSeasonClearsWhatIsOfTheSeason() {
    fill();
    Slots.Layout before = slots.layout(2);
    float[] floats = {1, 4, 6, 7};
    double[] doubles = {5};
    short[] shorts = {0, 0, 0x4100}; // 8
    NewSlots.bind(slots, 1);
    assertThat(slots.shape().season()).isEqualTo(1);
    slots.keepOverSeason(before, doubles, floats, shorts);
    assertThat(slots).hasToString("a.x: 1.0 4.0\na.y: 5.0\nb.x: 0.0\nz: 0.0 0.0 8.0\n");
  }

  @Test
  void otherExpertsTakeOverWhatIsNotOfExpertsByName() {
    fill();
    Slots others = NewSlots.declare();
    others.floats("more", 1);
    others.in("b").ofSeason().floats("x", SeriesDimensions::season);
    others.in("a").floats("x", 2);
    others.ofExperts().bfloats("z", 3);
    NewSlots.bind(others, 2);
    others.keepOverExperts(slots);
    assertThat(others).hasToString("more: 0.0\nb.x: 6.0 7.0\na.x: 0.0 4.0\nz: 0.0 0.0 0.0\n");
  }

  /** Names, types, lengths and constants make a saved state another one; the order does as well. */
  @Test
  void identityFollowsFromNamesTypesLengthsAndConstants() {
    assertThat(identity(s -> s.floats("a", 2))).isEqualTo(identity(s -> s.floats("a", 2)));
    assertThat(
            new long[] {
              identity(s -> s.floats("a", 2)),
              identity(s -> s.floats("b", 2)),
              identity(s -> s.doubles("a", 2)),
              identity(s -> s.floats("a", 3)),
              identity(s -> s.floats("a", SeriesDimensions::season)),
              identity(s -> s.in("a").floats("a", 2)),
              identity(
                  s -> {
                    s.floats("a", 2);
                    s.depend(0.5);
                  }),
              identity(
                  s -> {
                    s.floats("a", 2);
                    s.depend(0.25);
                  })
            })
        .doesNotHaveDuplicates();
  }

  private static long identity(java.util.function.Consumer<Slots> declaring) {
    Slots slots = NewSlots.declare();
    declaring.accept(slots);
    return slots.identity();
  }
}
