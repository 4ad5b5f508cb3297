/** What stands between the commands and the person at the terminal: log, status line, progress, configuration file. */
package io.tapekeeper.app.terminal;
