/**
 * Answers the HTTP requests of the live page with JSON, server-sent events and files.
 *
 * <p>Start at {@link dev.weir.dashboard.http.PageServer}, which contains all routes. {@link
 * dev.weir.dashboard.http.AccessFilter} rejects clients that are not allowed.
 *
 * <p>Allowed imports: {@code dashboard.read}, {@code dashboard.view}, {@code forecast}, {@code
 * forecast.alarm}, {@code kafka}, {@code model}, Javalin, Jetty, Jackson, HdrHistogram, SLF4J and
 * the JDK.
 */
package dev.weir.dashboard.http;
