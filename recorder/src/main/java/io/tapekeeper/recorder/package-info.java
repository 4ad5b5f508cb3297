/**
 * Keeps the tapes whole: one recording from the venue's answer to the last commit, and what it is made of. Knows no
 * HTTP server and no command line; takes its clock as a parameter.
 */
package io.tapekeeper.recorder;
