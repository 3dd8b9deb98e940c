/**
 * Implements {@code weir evaluate --task classify}, which classifies labelled windows with a model
 * and labelled streams as they come, and scores the answers.
 *
 * <p>Start at {@link dev.weir.cli.classify.ClassOptions}.
 */
package dev.weir.lab.classes;
