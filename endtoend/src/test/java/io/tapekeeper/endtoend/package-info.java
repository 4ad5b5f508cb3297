/** The whole product as its users meet it: real processes, a real browser. */
package io.tapekeeper.endtoend;
