package dev.weir.synthetic;

import java.util.Arrays;
import java.util.Random;

/**
 * Series that nobody has measured, made at random: seasons with and without weeks, whose shape,
 * size and phase may drift; levels that wander, jump or go in cycles; noise with memory and heavy
 * tails; then some become counts, positive, rounded, or get spikes. The same seed gives the same
 * series.
 */
public final class SyntheticSeries {

  private static final double[] SEASON_SIZES = {1, 1, .5, .25};
  private static final int[] SEASONS = {1, 24, 48, 96, 288, 12, 7, 144};
  private static final double[] SHARES = {.30, .62, .72, .78, .86, .91, .97}; // cumulative

  private final Random random;
  private final int length;
  private final int season;

  private SyntheticSeries(long seed) {
    this.random = new Random(seed);
    this.length = 400 + random.nextInt(1601);
    double x = random.nextDouble();
    int drawn = SEASONS[(int) Arrays.stream(SHARES).filter(share -> share <= x).count()];
    this.season = 3 * drawn > length ? 24 : drawn;
  }

  /** A few years of months, quarters or years. */
  private SyntheticSeries(Random random) {
    this.random = random;
    double kind = random.nextDouble();
    this.season = kind < .3 ? 1 : kind < .55 ? 4 : 12;
    this.length = Math.max(24, (int) ((season == 1 ? 1 : 3 * season) + logUniform(20, 120)));
  }

  /** The series of a seed as a line of a file for {@code weir lab train-weir}. */
  static String line(long seed) {
    SyntheticSeries series = new SyntheticSeries(seed);
    return series.line(series.values());
  }

  /** As {@link #line}, of a few years of months, quarters or years: they grow and shrink. */
  static String shortLine(long seed) {
    SyntheticSeries series = new SyntheticSeries(new Random(seed));
    return series.line(series.growth());
  }

  private String line(double[] values) {
    return "{\"m\": %d, \"v\": %s}".formatted(season, Arrays.toString(values));
  }

  /**
   * Prints series.
   *
   * @param args the first seed, the number of series and, for short ones, {@code short}
   */
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    boolean isShort = args.length > 2 && args[2].equals("short");
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      System.out.println(isShort ? shortLine(first + i) : line(first + i));
    }
  }

  private double[] values() {
    double noise = logUniform(.03, 1.2);
    double[] values = season > 1 ? seasons() : new double[length];
    double[] level = level();
    addCycle(level);
    double[] disturbance = disturbance();
    for (int t = 0; t < length; t++) {
      values[t] += level[t] + noise * disturbance[t];
    }
    reshape(values);
    addEvents(values);
    double unit = Math.pow(10, uniform(-2, 4));
    return scaled(values, unit);
  }

  /**
   * A level whose slope wanders, fades or stays, a season that changes slowly, noise with and
   * without memory, some jumps; most are factors, some are added.
   */
  private double[] growth() {
    double years = 1.0 / season;
    double slope = uniform(-.03, .12) * (chance(.3) ? 2 : 1) * years;
    double fading = chance(.5) ? 1 : Math.pow(uniform(.5, 1), years);
    double wandering = chance(.5) ? 0 : logUniform(.003, .05) * Math.pow(years, 1.5);
    double steps = chance(.25) ? 0 : logUniform(.01, .2) * Math.sqrt(years);
    double noise = logUniform(.005, .25);
    double[] disturbance = autoregressive(chance(.6) ? 0 : uniform(-.3, .8), chance(.3));
    double[] pattern = scaled(pattern(), season == 1 || chance(.2) ? 0 : logUniform(.03, .5));
    double changing = chance(.5) ? 0 : uniform(0, .1);
    double lasting = chance(.3) ? slope * uniform(.3, 1) : 0; // of the slope
    double jump = chance(.2) ? random.nextGaussian() * .3 : 0;
    int jumpAt = random.nextInt(length);
    double level = 0;
    double[] values = new double[length];
    for (int t = 0; t < length; t++) {
      slope = lasting + fading * (slope - lasting) + wandering * random.nextGaussian();
      level += slope + steps * random.nextGaussian() + (t == jumpAt ? jump : 0);
      int phase = t % season;
      pattern[phase] += changing * pattern[phase] * random.nextGaussian();
      values[t] = level + pattern[phase] + noise * disturbance[t];
    }
    boolean added = chance(.3);
    double unit = Math.pow(10, uniform(0, 5));
    double base = added ? uniform(.2, 3) : 0;
    boolean whole = chance(.5);
    for (int t = 0; t < length; t++) {
      double value = unit * (added ? base + values[t] : Math.exp(Math.min(20, values[t])));
      values[t] = whole && unit > 100 ? Math.rint(value) : value;
    }
    return values;
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private double uniform(double from, double to) {
    return from + (to - from) * random.nextDouble();
  }

  private double logUniform(double from, double to) {
    return Math.exp(uniform(Math.log(from), Math.log(to)));
  }

  private double[] seasons() {
    double[] day = pattern();
    double[] other = chance(.5) ? pattern() : day;
    boolean hasWeek = chance(.5) && season >= 7;
    double lower = chance(.7) ? uniform(0, 1.5) : 0;
    double weaker = uniform(.2, 1);
    double[] factors = new double[7];
    boolean differs = hasWeek && chance(.3);
    Arrays.setAll(factors, i -> differs ? 1 + .3 * random.nextGaussian() : 1);
    double[] drift = chance(.2) ? scaled(smooth(6), uniform(.01, .1) * season) : null;
    double[] values = new double[length];
    for (int t = 0; t < length; t++) {
      int phase = Math.floorMod(t + (drift == null ? 0 : (int) drift[t]), season);
      int weekday = t / season % 7;
      double value = hasWeek && weekday >= 5 ? weaker * other[phase] - lower : day[phase];
      values[t] = value * factors[weekday];
    }
    if (chance(.5)) {
      multiplyByExp(values, scaled(smooth(8), uniform(.05, .5)));
    }
    if (chance(.3)) {
      multiplyByExp(values, stairs(uniform(.05, .5)));
    }
    return scaled(values, SEASON_SIZES[random.nextInt(SEASON_SIZES.length)]);
  }

  /** Another number for each season. */
  private double[] stairs(double size) {
    double[] values = new double[length];
    Arrays.setAll(values, t -> t % season == 0 ? size * random.nextGaussian() : values[t - 1]);
    return values;
  }

  /** One season, of mean 0 and deviation 1: a few waves, a few bumps, or on and off. */
  private double[] pattern() {
    double[] pattern = new double[season];
    double kind = random.nextDouble();
    if (kind < .55) {
      int waves = 1 + random.nextInt(Math.max(1, Math.min(6, season / 2)));
      double decay = uniform(.3, 1.5);
      for (int k = 1; k <= waves; k++) {
        double size = random.nextGaussian() * Math.pow(k, -decay);
        double phase = uniform(0, 2 * Math.PI);
        for (int i = 0; i < season; i++) {
          pattern[i] += size * Math.cos(2 * Math.PI * k * i / season + phase);
        }
      }
    } else if (kind < .85) {
      int bumps = 1 + random.nextInt(3);
      for (int k = 0; k < bumps; k++) {
        double at = random.nextDouble();
        double width = uniform(.01, .15);
        double size = uniform(.4, 1.5);
        for (int i = 0; i < season; i++) {
          double apart = Math.abs((double) i / season - at);
          double z = Math.min(apart, 1 - apart) / width;
          pattern[i] += size * Math.exp(-.5 * z * z);
        }
      }
    } else {
      double start = random.nextDouble();
      double on = uniform(.05, .6);
      for (int i = 0; i < season; i++) {
        double since = (double) i / season - start;
        pattern[i] = (since < 0 ? since + 1 : since) < on ? 1 : 0;
      }
    }
    return standardized(pattern);
  }

  private double[] level() {
    double kind = random.nextDouble();
    double[] values = new double[length];
    if (kind < .25) {
      double size = logUniform(.01, .3);
      for (int t = 1; t < length; t++) {
        values[t] = values[t - 1] + size * random.nextGaussian();
      }
    } else if (kind < .45) {
      return scaled(smooth(10), uniform(.2, 2));
    } else if (kind < .6) {
      return scaled(autoregressive(uniform(.97, .999), false), uniform(.3, 2));
    } else if (kind < .7) {
      double slope = 3 * random.nextGaussian() / length;
      Arrays.setAll(values, t -> slope * t);
    } else if (kind < .8) {
      for (int jumps = 1 + random.nextInt(7); jumps > 0; jumps--) {
        add(values, random.nextInt(length), length, 1.5 * random.nextGaussian());
      }
    }
    return values;
  }

  /** A cycle of another length than the season, whose phase and size wander. */
  private void addCycle(double[] values) {
    if (!chance(.25)) {
      return;
    }
    double decay = uniform(.97, .9999);
    double turn = 2 * Math.PI / logUniform(5, 300);
    double[] cycle = new double[length];
    for (int t = 0; t < length; t++) {
      cycle[t] =
          random.nextGaussian()
              + (t > 0 ? 2 * decay * Math.cos(turn) * cycle[t - 1] : 0)
              - (t > 1 ? decay * decay * cycle[t - 2] : 0);
    }
    double size = uniform(.2, 1.5) / (deviation(cycle) + 1e-9);
    Arrays.setAll(values, t -> values[t] + size * cycle[t]);
  }

  private double[] disturbance() {
    double kind = random.nextDouble();
    double memory = kind < .25 ? 0 : kind < .8 ? uniform(.2, .95) : uniform(.9, .99);
    double[] values = autoregressive(memory, chance(.4));
    if (chance(.2)) {
      double[] more = autoregressive(uniform(-.6, 0), false);
      Arrays.setAll(values, t -> values[t] + more[t]);
    }
    if (chance(.4) && season > 1) {
      double[] pattern = scaled(pattern(), .5 * uniform(0, 1.5));
      Arrays.setAll(values, t -> values[t] * Math.exp(pattern[t % season]));
    }
    if (chance(.2)) {
      multiplyByExp(values, scaled(autoregressive(.98, false), .5));
    }
    return values;
  }

  /** Some become positive, or counts. */
  private void reshape(double[] values) {
    double kind = random.nextDouble();
    if (kind < .25) {
      double size = uniform(.2, .9);
      Arrays.setAll(values, t -> Math.exp(Math.min(20, size * values[t])));
    } else if (kind < .35) {
      double shift = uniform(-.5, 1);
      Arrays.setAll(values, t -> Math.max(0, values[t] + shift));
    } else if (kind < .45) {
      double size = uniform(.3, 1);
      double shift = uniform(0, 4);
      Arrays.setAll(
          values, t -> poisson(Math.exp(Math.max(-5, Math.min(9, size * values[t] + shift)))));
    }
  }

  /** Some get spikes, stretches of another level, or are rounded. */
  private void addEvents(double[] values) {
    double deviation = deviation(values);
    if (chance(.2)) {
      double often = uniform(.001, .02);
      double size = uniform(1, 6) * deviation * (random.nextInt(3) == 0 ? -1 : 1);
      for (int t = 0; t < length; t++) {
        if (chance(often)) {
          values[t] -= Math.log(1 - random.nextDouble()) * size;
        }
      }
    }
    if (chance(.1)) {
      for (int k = 0; k < 3; k++) {
        int from = random.nextInt(length);
        add(values, from, from + 5 + random.nextInt(95), 2 * deviation * random.nextGaussian());
      }
    }
    if (chance(.15)) {
      double step = deviation * uniform(.05, .5);
      for (int t = 0; t < length && step > 0; t++) {
        values[t] = Math.rint(values[t] / step) * step;
      }
    }
  }

  private void add(double[] values, int from, int to, double size) {
    for (int t = from; t < Math.min(to, length); t++) {
      values[t] += size;
    }
  }

  /** Of deviation 1. */
  private double[] autoregressive(double memory, boolean heavyTails) {
    double size = Math.sqrt(1 - memory * memory);
    double[] values = new double[length];
    double before = 0;
    for (int t = 0; t < length; t++) {
      before = (heavyTails ? heavyTailed() : random.nextGaussian()) + memory * before;
      values[t] = size * before;
    }
    return values;
  }

  /** Student's t of 3 degrees of freedom, of deviation 1, at most 30. */
  private double heavyTailed() {
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double x = random.nextGaussian();
      sum += x * x;
    }
    double t = random.nextGaussian() / Math.sqrt(sum / 3) / Math.sqrt(3);
    return Math.max(-30, Math.min(30, t));
  }

  /** A few slow waves. */
  private double[] smooth(int most) {
    int waves = 2 + random.nextInt(most);
    double[] values = new double[length];
    for (int k = 0; k < waves; k++) {
      double size = 1.4 * random.nextGaussian() / Math.sqrt(waves);
      double turn = 2 * Math.PI * uniform(.1, most / 2.0) / length;
      double phase = uniform(0, 2 * Math.PI);
      for (int t = 0; t < length; t++) {
        values[t] += size * Math.cos(turn * t + phase);
      }
    }
    return values;
  }

  private double poisson(double mean) {
    if (mean > 50) {
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double least = Math.exp(-mean);
    int count = -1;
    for (double product = 1; product > least; product *= random.nextDouble()) {
      count++;
    }
    return count;
  }

  private static void multiplyByExp(double[] values, double[] exponents) {
    Arrays.setAll(values, t -> values[t] * Math.exp(exponents[t]));
  }

  private static double[] scaled(double[] values, double size) {
    Arrays.setAll(values, t -> values[t] * size);
    return values;
  }

  private static double[] standardized(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double deviation = deviation(values) + 1e-9;
    Arrays.setAll(values, t -> (values[t] - mean) / deviation);
    return values;
  }

  private static double deviation(double[] values) {
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  }
}
