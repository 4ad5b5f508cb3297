/** Alerts: things to look at, with their reasons. Depends on {@code feature} and above only. */
package io.tapekeeper.alert;
