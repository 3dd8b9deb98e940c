/**
 * Answers the HTTP requests of the live page with JSON, server-sent events and files.
 *
 * <p>Start at {@link dev.weir.dashboard.http.PageServer}, which contains all routes.
 */
package dev.weir.dashboard.http;
