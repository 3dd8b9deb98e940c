/**
 * Makes a forecast out of candidate forecasts by a recurrent network that is trained once for all
 * series: running errors of the candidates, the network's inputs, the network and its gradients.
 *
 * <p>Start at {@link dev.weir.forecast.candidate.CandidateStage}, which the mixture calls for each
 * value. {@link dev.weir.forecast.candidate.CandidateKinds} lists the forecasts that a network can
 * combine.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.explanation}, {@code model}, {@code
 * rnn}, {@code rnn.cell}, {@code rnn.kernel}, {@code rnn.training} and the JDK.
 */
package dev.weir.forecast.candidate;
