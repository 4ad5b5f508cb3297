/**
 * What stands between the commands and the person at the terminal: log, status line, progress, findings, configuration
 * file, and why a command fails. Knows no command.
 */
package io.tapekeeper.app.terminal;
