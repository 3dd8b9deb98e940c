/** Experts that repeat values, medians and profiles of seasons. */
package dev.weir.forecast.expert.seasonal;
