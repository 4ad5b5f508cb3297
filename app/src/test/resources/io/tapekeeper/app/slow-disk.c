/*
 * A slow disk for one process, by LD_PRELOAD: each byte that it writes into files takes
 * NANOS_A_BYTE of its environment, and every sync 20 ms more. Sockets are as fast as ever.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NANOS_A_SYNC 20000000L

static void wait_for(long nanos) {
    struct timespec pause = {nanos / 1000000000L, nanos % 1000000000L};
    nanosleep(&pause, NULL);
}

static void wait_to_write(int file, size_t bytes) {
    struct stat what;
    if (fstat(file, &what) == 0 && S_ISREG(what.st_mode)) {
        const char *nanos_a_byte = getenv("NANOS_A_BYTE");
        wait_for((long) bytes * (nanos_a_byte == NULL ? 0 : atol(nanos_a_byte)));
    }
}

ssize_t write(int file, const void *from, size_t bytes) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    wait_to_write(file, bytes);
    return next(file, from, bytes);
}

ssize_t pwrite(int file, const void *from, size_t bytes, off_t at) {
    ssize_t (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    wait_to_write(file, bytes);
    return next(file, from, bytes, at);
}

ssize_t pwrite64(int file, const void *from, size_t bytes, off64_t at) {
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    wait_to_write(file, bytes);
    return next(file, from, bytes, at);
}

int fsync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
    wait_for(NANOS_A_SYNC);
    return next(file);
}

int fdatasync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
    wait_for(NANOS_A_SYNC);
    return next(file);
}
