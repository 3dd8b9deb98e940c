/**
 * {@code weir status} and {@code weir doctor}: what a running job does, and what is wrong with a
 * setup.
 */
package dev.weir.cli.health;
