/**
 * Implements {@code weir model} and {@code weir train}, which describe, publish, list and train
 * models.
 *
 * <p>Start at {@link dev.weir.cli.model.ModelCommand} or {@link dev.weir.cli.model.TrainCommand}.
 * {@link dev.weir.model} defines what a base model is.
 */
package dev.weir.cli.model;
