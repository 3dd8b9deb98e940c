/** {@code weir tutorial}: the networks of the PyTorch tutorial, step by step. */
package dev.weir.cli.tutorial;
