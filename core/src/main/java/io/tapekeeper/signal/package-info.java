/** Signals: what the numbers would have one do. Depends on {@code feature} and above only. */
package io.tapekeeper.signal;
