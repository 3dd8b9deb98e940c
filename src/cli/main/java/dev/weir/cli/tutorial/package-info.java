/**
 * Implements {@code weir tutorial}, which computes the tables of the PyTorch tutorial "Intro to
 * RNN" and compares each number with the printed one.
 *
 * <p>Start at {@link dev.weir.cli.tutorial.TutorialCommand}.
 */
package dev.weir.cli.tutorial;
