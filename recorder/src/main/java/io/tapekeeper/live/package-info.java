/** Live: rows, alerts and health of the moment, handed on to all that listen. No listener can hold a recording up. */
package io.tapekeeper.live;
