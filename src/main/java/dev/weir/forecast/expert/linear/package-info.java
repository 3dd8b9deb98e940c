/** Experts that are linear regressions, updated by recursive least squares. */
package dev.weir.forecast.expert.linear;
