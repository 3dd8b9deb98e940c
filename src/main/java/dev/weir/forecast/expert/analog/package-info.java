/**
 * Experts that look for similar moments in the past of a series, and the distances between windows.
 */
package dev.weir.forecast.expert.analog;
