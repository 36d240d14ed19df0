// Makes calls of the C library fail, as a test has planned. Preloaded into the program (LD_PRELOAD) by `shim.rs`.
//
// The plan is a file that the program and the test map both: the test may change it while the program runs, and read
// from it how many calls there have been, even after the program was killed. DATELINE_FAULT_PLAN names it.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

// The order is that of `Kind` in shim.rs.
enum kind { READ, WRITE, SYNC, RENAME, OPEN, LOCK, TRUNCATE, UNLINK, MAP, STAT, FOLDER };

// All numbers have 8 bytes. `path` is the last, ends with a zero byte, and is empty if all files are meant.
struct plan {
  uint64_t kind;   // calls of this kind fail
  uint64_t first;  // the first call to fail, counted from 1; 0: none does
  uint64_t burst;  // how many calls in a row fail
  uint64_t error;  // with which errno
  uint64_t failed; // how many have failed
  uint64_t calls[16];
  char path[256]; // only calls on files whose path contains this
};

static struct plan *plan;

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("DATELINE_FAULT_PLAN");
  int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
  if (file >= 0) {
    void *map = mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED) plan = map;
  }
  // Programs that this one starts are left alone.
  unsetenv("LD_PRELOAD");
}

// True if this call is to fail; errno is set then.
static int fails(enum kind kind, const char *path) {
  if (!plan || (plan->path[0] && !(path && strstr(path, plan->path)))) return 0;
  uint64_t call = __atomic_add_fetch(&plan->calls[kind], 1, __ATOMIC_SEQ_CST);
  uint64_t first = __atomic_load_n(&plan->first, __ATOMIC_SEQ_CST);
  if (plan->kind != kind || first == 0 || call < first || call - first >= plan->burst) return 0;
  __atomic_add_fetch(&plan->failed, 1, __ATOMIC_SEQ_CST);
  errno = (int)plan->error;
  return 1;
}

// The same for a call on an open file.
static int fails_on(enum kind kind, int file) {
  char link[40], path[4096];
  if (!plan) return 0;
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = before;
  path[length > 0 ? length : 0] = 0;
  return fails(kind, path);
}

#define NEXT(name) \
  static __typeof__(name) *next; \
  if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define ON_FILE(kind, result, name, arguments, ...) \
  result name arguments { \
    NEXT(name); \
    return fails_on(kind, file) ? -1 : next(__VA_ARGS__); \
  }

#define ON_PATH(kind, name, arguments, ...) \
  int name arguments { \
    NEXT(name); \
    return fails(kind, path) ? -1 : next(__VA_ARGS__); \
  }

ON_FILE(READ, ssize_t, read, (int file, void *to, size_t size), file, to, size)
ON_FILE(READ, ssize_t, pread, (int file, void *to, size_t size, off_t at), file, to, size, at)
ON_FILE(READ, ssize_t, pread64, (int file, void *to, size_t size, off64_t at), file, to, size, at)
ON_FILE(READ, ssize_t, readv, (int file, const struct iovec *to, int count), file, to, count)
ON_FILE(WRITE, ssize_t, write, (int file, const void *from, size_t size), file, from, size)
ON_FILE(WRITE, ssize_t, pwrite, (int file, const void *from, size_t size, off_t at), file, from, size, at)
ON_FILE(WRITE, ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at), file, from, size, at)
ON_FILE(WRITE, ssize_t, writev, (int file, const struct iovec *from, int count), file, from, count)
ON_FILE(SYNC, int, fsync, (int file), file)
ON_FILE(SYNC, int, fdatasync, (int file), file)
ON_FILE(TRUNCATE, int, ftruncate, (int file, off_t size), file, size)
ON_FILE(TRUNCATE, int, ftruncate64, (int file, off64_t size), file, size)
ON_PATH(RENAME, rename, (const char *path, const char *to), path, to)
ON_FILE(STAT, int, fstat, (int file, struct stat *to), file, to)
ON_FILE(STAT, int, fstat64, (int file, struct stat64 *to), file, to)
ON_PATH(STAT, stat, (const char *path, struct stat *to), path, to)
ON_PATH(STAT, stat64, (const char *path, struct stat64 *to), path, to)
ON_PATH(STAT, lstat, (const char *path, struct stat *to), path, to)
ON_PATH(STAT, lstat64, (const char *path, struct stat64 *to), path, to)
ON_PATH(UNLINK, unlink, (const char *path), path)

int linkat(int folder, const char *path, int to_folder, const char *to, int flags) {
  NEXT(linkat);
  return fails(RENAME, path) ? -1 : next(folder, path, to_folder, to, flags);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict to) {
  NEXT(statx);
  int failed = flags & AT_EMPTY_PATH ? fails_on(STAT, folder) : fails(STAT, path);
  return failed ? -1 : next(folder, path, flags, mask, to);
}

DIR *opendir(const char *path) {
  NEXT(opendir);
  return fails(FOLDER, path) ? NULL : next(path);
}

struct dirent *readdir(DIR *folder) {
  NEXT(readdir);
  return fails_on(FOLDER, dirfd(folder)) ? NULL : next(folder);
}

struct dirent64 *readdir64(DIR *folder) {
  NEXT(readdir64);
  return fails_on(FOLDER, dirfd(folder)) ? NULL : next(folder);
}

int flock(int file, int operation) {
  NEXT(flock);
  return !(operation & LOCK_UN) && fails_on(LOCK, file) ? -1 : next(file, operation);
}

// To give a lock back does not fail.
static int takes_a_lock(int command, void *argument) {
  switch (command) {
  case F_SETLK:
  case F_SETLKW:
  case F_GETLK:
  case F_OFD_SETLK:
  case F_OFD_SETLKW:
  case F_OFD_GETLK:
    return ((struct flock *)argument)->l_type != F_UNLCK;
  default:
    return 0;
  }
}

#define FCNTL(name) \
  int name(int file, int command, ...) { \
    NEXT(name); \
    va_list more; \
    va_start(more, command); \
    void *argument = va_arg(more, void *); \
    va_end(more); \
    return takes_a_lock(command, argument) && fails_on(LOCK, file) ? -1 : next(file, command, argument); \
  }

FCNTL(fcntl)
FCNTL(fcntl64)

// The mode is only passed where a file may be created.
#define OPEN_MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    NEXT(name); \
    OPEN_MODE(flags) \
    return fails(OPEN, path) ? -1 : next(path, flags, mode); \
  }

#define OPENS_AT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    NEXT(name); \
    OPEN_MODE(flags) \
    return fails(OPEN, path) ? -1 : next(folder, path, flags, mode); \
  }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

// Only files: memory that the program asks for is another matter.
#define MAPS(name, offset) \
  void *name(void *at, size_t size, int protection, int flags, int file, offset from) { \
    NEXT(name); \
    return file >= 0 && fails_on(MAP, file) ? MAP_FAILED : next(at, size, protection, flags, file, from); \
  }

MAPS(mmap, off_t)
MAPS(mmap64, off64_t)
