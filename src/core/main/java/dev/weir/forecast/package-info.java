/**
 * Contains the data classes: observations, forecasts, scores, incidents, classifications, dead
 * letters, and the place in a topic that each comes from. Programs with the library use {@link
 * dev.weir.forecast.Forecast}, {@link dev.weir.forecast.Score}, {@link dev.weir.forecast.Incident}
 * and {@link dev.weir.forecast.Classification}; the other classes may change without notice. The
 * subpackages learn and forecast series:
 *
 * <ul>
 *   <li>{@code window} orders the observations of a series by event time and cuts them into
 *       windows.
 *   <li>{@code expert} contains the methods that forecast one series.
 *   <li>{@code learn} learns a series with all its experts, combines their forecasts, corrects them
 *       on holidays, explains them and computes intervals.
 *   <li>{@code network} runs and trains base models.
 *   <li>{@code engine} calls the packages above for each observation of a series.
 *   <li>{@code alarm} finds unusual values by the forecasts of one step.
 *   <li>{@code score} computes proper scores of predictive distributions.
 * </ul>
 *
 * <p>Start at {@link dev.weir.forecast.engine.SeriesForecaster}. {@link dev.weir.model} defines
 * base models.
 *
 * <p>This package and its subpackages never import Flink, Kafka or Avro, so the same code runs in a
 * job, in SQL, in an evaluation and in a test.
 */
package dev.weir.forecast;
