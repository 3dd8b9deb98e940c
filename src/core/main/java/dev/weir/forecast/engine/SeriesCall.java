package dev.weir.forecast.engine;

import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.SeriesEngine.Arrival;
import dev.weir.forecast.window.WindowState;

/** The series that a call of the engine is about, and the value that it is at. Reused. */
final class SeriesCall {

  String name;
  ForecastState series;
  WindowState state; // of its window
  long watermark;
  Arrival arrival; // by which the series moves on
  SequenceWindow window; // that ends with the value; null where the series is dropped
  LearnerState learned; // by the mode that takes the value in; null for nothing
  boolean isNew; // false for a value that is learned again, of which nothing is reported
  CarriedState carried; // with what the mode's network begins the window; null for zeros

  SeriesCall of(String name, ForecastState series, WindowState state, long watermark) {
    this.name = name;
    this.series = series;
    this.state = state;
    this.watermark = watermark;
    this.carried = null;
    return this;
  }

  SeriesCall at(SequenceWindow window, LearnerState learned, boolean isNew) {
    this.window = window;
    this.learned = learned;
    this.isNew = isNew;
    return this;
  }
}
