/** The local exchange as a whole: its configuration, and the wiring of source, player, REST and sockets. */
package io.tapekeeper.exchange;
