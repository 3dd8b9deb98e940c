/**
 * Implements {@code weir evaluate --task classify}, which learns labelled windows from files and
 * scores what it says of others.
 *
 * <p>Start at {@link dev.weir.cli.classify.ClassOptions}.
 *
 * <p>Allowed imports: {@code classify}, {@code cli.classify.ensemble}, {@code classify.network},
 * {@code classify.stream}, {@code cli.console}, {@code cli.option}, {@code cli.series}, {@code
 * kafka.wire}, {@code model}, Jackson, picocli and the JDK.
 */
package dev.weir.cli.classify;
