/**
 * Contains the commands {@code weir lab ...} that measure Weir. No release contains them.
 *
 * <p>Start at {@link dev.weir.lab.Lab}, which lists them.
 */
package dev.weir.lab;
