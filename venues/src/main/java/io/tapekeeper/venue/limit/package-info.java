/**
 * The budget of requests that a venue grants one address, shared by all processes of this machine and kept over
 * restarts. Knows no venue.
 */
package io.tapekeeper.venue.limit;
