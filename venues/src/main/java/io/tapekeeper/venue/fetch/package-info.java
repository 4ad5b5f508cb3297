/**
 * Ranges of ids from a venue's history: page by page, until each id has come or is known not to come. Knows no venue.
 */
package io.tapekeeper.venue.fetch;
