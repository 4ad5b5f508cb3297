/** The doctor's checks: each looks at one part of the machine, the store or the venue, and reports what it finds. */
package io.tapekeeper.app.doctor;
