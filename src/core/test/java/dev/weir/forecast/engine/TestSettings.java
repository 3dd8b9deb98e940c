package dev.weir.forecast.engine;

import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.window.InitialState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.Calendar;
import dev.weir.model.Mode;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

/** Builds settings of forecasts: in order, by count, without limits, unless a test says other. */
public final class TestSettings {

  private final int seqLen;
  private final List<ModeSettings> modes;
  private int stride = 1;
  private InitialState state = InitialState.FRESH;
  private int features;
  private int featuresAhead;
  private List<Calendar> calendar = List.of();
  private Duration outOfOrderness = Duration.ZERO;
  private Sampling sampling = Sampling.BY_COUNT;
  private StateLimits limits = StateLimits.NONE;

  private TestSettings(int seqLen, List<ModeSettings> modes) {
    this.seqLen = seqLen;
    this.modes = modes;
    featuresAhead =
        modes.stream()
            .filter(mode -> mode.learning() != null)
            .mapToInt(mode -> mode.learning().learner().covariates().ahead())
            .max()
            .orElse(0);
  }

  public static TestSettings of(int seqLen, ModeSettings... modes) {
    return new TestSettings(seqLen, List.of(modes));
  }

  /** A mode without a model. */
  public static ModeSettings learned(Mode mode, int horizon, Learning learning) {
    return new ModeSettings(mode, null, horizon, null, learning);
  }

  /** Many to one, without a model. */
  public static ModeSettings learned(int horizon, Learning learning) {
    return learned(Mode.MANY_TO_ONE, horizon, learning);
  }

  public TestSettings stride(int requested) {
    stride = requested;
    return this;
  }

  public TestSettings carry() {
    state = InitialState.CARRY;
    return this;
  }

  public TestSettings features(int requested) {
    features = requested;
    return this;
  }

  public TestSettings featuresAhead(int requested) {
    featuresAhead = requested;
    return this;
  }

  public TestSettings calendar(List<Calendar> requested) {
    calendar = requested;
    return this;
  }

  public TestSettings outOfOrderness(Duration requested) {
    outOfOrderness = requested;
    return this;
  }

  public TestSettings sampling(Sampling requested) {
    sampling = requested;
    return this;
  }

  public TestSettings limits(StateLimits requested) {
    limits = requested;
    return this;
  }

  public ForecastSettings build() {
    return new ForecastSettings(
        seqLen,
        stride,
        state,
        outOfOrderness,
        sampling,
        new ForecastSettings.Inputs(features, featuresAhead, calendar, ZoneOffset.UTC),
        limits,
        modes);
  }
}
