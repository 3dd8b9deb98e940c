/**
 * Implements {@code weir model} and {@code weir train}, which publish, list, compare, roll back and
 * train base models, and train and describe classifiers.
 *
 * <p>Start at {@link dev.weir.cli.model.ModelCommand} or {@link dev.weir.cli.model.TrainCommand}.
 * {@link dev.weir.model} defines what a base model is.
 */
package dev.weir.cli.model;
