/** Logarithms and exponentials of many numbers at once, as exact as errors and weights need. */
package dev.weir.forecast.math;
