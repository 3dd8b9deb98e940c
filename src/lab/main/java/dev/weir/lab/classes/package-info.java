/**
 * Classifies labelled windows with a model, and labelled streams as they come, and scores the
 * answers: {@code weir lab classes}.
 *
 * <p>Start at {@link dev.weir.lab.classes.ClassesCommand}.
 */
package dev.weir.lab.classes;
