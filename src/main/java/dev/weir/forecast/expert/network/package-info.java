/**
 * Experts that are small recurrent networks and learn online: correctors of the other experts, and
 * networks over the newest window.
 */
package dev.weir.forecast.expert.network;
