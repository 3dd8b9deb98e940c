/**
 * Times Weir's arithmetic beside other libraries over the same work: start at {@link
 * dev.weir.comparison.Comparison}. Only {@code mvn -P bench test} compiles it.
 */
package dev.weir.comparison;
