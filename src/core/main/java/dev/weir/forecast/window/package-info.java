/**
 * Orders the observations of a series by event time and cuts them into windows.
 *
 * <p>Start at {@link dev.weir.forecast.window.SeriesEngine}, the order of forecasts and classes
 * alike: {@link dev.weir.forecast.window.Windows} decides whether an observation is late, {@link
 * dev.weir.forecast.window.SeriesOrder} when a series goes on at an earlier time and when it
 * expires. {@link dev.weir.forecast.window.WindowState} is the state of one series, and {@link
 * dev.weir.forecast.window.WindowStateFormat} defines its bytes. {@link
 * dev.weir.forecast.window.SeriesState} and {@link dev.weir.forecast.window.SeriesResult} are what
 * an engine is given of a series, and what it returns; forecasts and classes add their own to both.
 */
package dev.weir.forecast.window;
