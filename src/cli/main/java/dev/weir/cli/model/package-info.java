/**
 * Implements {@code weir model} and {@code weir train}, which publish, list, compare, roll back and
 * train base models, and train and describe classifiers.
 *
 * <p>Start at {@link dev.weir.cli.model.ModelCommand} or {@link dev.weir.cli.model.TrainCommand}.
 * {@link dev.weir.model} defines what a base model is.
 *
 * <p>Allowed imports: {@code classify}, {@code cli.console}, {@code cli.grid}, {@code cli.option},
 * {@code cli.series}, {@code forecast}, {@code forecast.engine}, {@code forecast.expert}, {@code
 * forecast.learn}, {@code forecast.network}, {@code job}, {@code kafka}, {@code kafka.admin},
 * {@code kafka.wire}, {@code model}, {@code option}, {@code rnn}, Jackson, picocli and the JDK.
 */
package dev.weir.cli.model;
