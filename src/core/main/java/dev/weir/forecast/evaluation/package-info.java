/**
 * Evaluates experts and naive methods on complete series. The scores are MASE, sMAPE, RMSSE,
 * relative error, coverage, pinball loss and CRPS; {@link dev.weir.forecast.evaluation.NabScore}
 * scores alarms.
 *
 * <p>Start at {@link dev.weir.forecast.evaluation.Evaluation}. The scores of a running job are
 * computed in {@link dev.weir.forecast.learn}, not here; {@link dev.weir.forecast.score} has the
 * arithmetic of both.
 *
 * <p>Allowed imports: {@code forecast.learn}, {@code forecast.score} and the JDK.
 */
package dev.weir.forecast.evaluation;
