/**
 * Implements {@code weir evaluate --task classify}, which classifies labelled windows with a model
 * and labelled streams as they come, and scores the answers.
 *
 * <p>Start at {@link dev.weir.cli.classify.ClassOptions}.
 *
 * <p>Allowed imports: {@code classify}, {@code cli.console}, {@code cli.option}, {@code
 * cli.series}, {@code kafka.wire}, {@code model}, Jackson, picocli and the JDK.
 */
package dev.weir.cli.classify;
