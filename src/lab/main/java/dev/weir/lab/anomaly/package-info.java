/**
 * Scores alarms as the Numenta Anomaly Benchmark does: {@code weir lab anomalies}.
 *
 * <p>Start at {@link dev.weir.lab.anomaly.AnomaliesCommand}.
 */
package dev.weir.lab.anomaly;
