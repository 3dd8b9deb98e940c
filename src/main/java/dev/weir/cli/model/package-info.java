/**
 * {@code weir model} and {@code weir train}: publish, list, compare, roll back and train base
 * models.
 */
package dev.weir.cli.model;
