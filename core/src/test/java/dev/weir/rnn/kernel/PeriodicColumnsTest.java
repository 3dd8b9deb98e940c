package dev.weir.rnn.kernel;

import static dev.weir.rnn.kernel.LinearColumns.TILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeriodicColumnsTest {

  private static float[] random(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 17", "2, 5, 17", "3, 4, 12", "8, 2, 3", "11, 24, 17", "15, 9, 40", "16, 8, 5"})
  void eachColumnOfABlockHasItsOwnNumber(int period, int rows, int blocks) {
    Random random = new Random(period);
    PeriodicColumns columns = new PeriodicColumns(period, rows, blocks);
    float[] block = random(random, rows * TILE);
    float[] base = random(random, columns.tiles() * rows * TILE);
    float[] repeated = new float[columns.rowFloats()];
    float[] y = new float[base.length];

    columns.repeat(block, repeated);
    columns.add(base, repeated, y);

    for (int k = 0; k < rows; k++) {
      for (int column = 0; column < period * blocks; column++) {
        int at = PeriodicColumns.place(column, rows, k);
        assertThat(y[at]).isEqualTo(base[at] + block[k * TILE + column % period]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 17", "2, 5, 17", "3, 4, 12", "8, 2, 3", "11, 24, 17", "15, 9, 40", "16, 8, 5"})
  void meanIsThatOfAllBlocksAndOfNothingBehindThem(int period, int rows, int blocks) {
    PeriodicColumns columns = new PeriodicColumns(period, rows, blocks);
    float[] x = random(new Random(period), columns.tiles() * rows * TILE);
    float[] mean = new float[rows * TILE];

    columns.mean(x, random(new Random(1), columns.rowFloats()), mean);

    for (int k = 0; k < rows; k++) {
      for (int n = 0; n < (TILE % period == 0 ? TILE : period); n++) {
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
          sum += x[PeriodicColumns.place(block * period + n % period, rows, k)];
        }
        assertThat((double) mean[k * TILE + n]).isCloseTo(sum / blocks, within(1e-6));
      }
    }
  }
}
