/**
 * What a venue bears from one address: the weight of requests and the attempts to connect, counted over all processes
 * of this machine and kept over restarts. Knows no venue.
 */
package io.tapekeeper.venue.limit;
