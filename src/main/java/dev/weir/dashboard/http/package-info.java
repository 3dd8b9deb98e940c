/** What the page's server answers: JSON, server-sent events and files, to allowed clients only. */
package dev.weir.dashboard.http;
