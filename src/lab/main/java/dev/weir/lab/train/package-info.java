/**
 * Trains the network {@code builtin:weir}, which combines simple forecasts. No release contains
 * this.
 *
 * <p>Start at {@link dev.weir.lab.train.TrainWeirCommand}.
 */
package dev.weir.lab.train;
